package io.cnm4j.linux.sysctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.KernelTap;
import io.cnm4j.linux.KernelTest;
import io.cnm4j.linux.TestNetns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SysctlsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "net..ip_forward", ".net", "net.", "/etc/passwd", "net.//.x", "net./.x", "a\0b"})
    void aKeyCannotLeadAway(String key) {
        assertThatThrownBy(() -> Sysctls.path(key)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void aSlashStandsForADotInAName() {
        assertThat(Sysctls.path("net.ipv4.conf.eth0/100.forwarding"))
                .isEqualTo("/proc/sys/net/ipv4/conf/eth0.100/forwarding");
    }

    @KernelTest
    void whatIsWrittenIsRead() throws Exception {
        var calls = new ArrayList<String>();
        KernelTap tap = new KernelTap() {
            @Override
            public void before(String call) {
                calls.add("before " + call);
            }

            @Override
            public void after(String call) {
                calls.add("after " + call);
            }
        };
        Sysctls.write("net.ipv4.ip_forward", "1", tap);
        assertThat(Sysctls.read("net.ipv4.ip_forward")).contains("1");
        assertThat(Sysctls.read("net.ipv4.no_such_thing")).isEmpty();
        assertThat(Files.readString(Path.of("/proc/thread-self/net/snmp"))).contains("Ip: Forwarding");
        assertThat(calls)
                .isEqualTo(List.of("before sysctl -w net.ipv4.ip_forward=1", "after sysctl -w net.ipv4.ip_forward=1"));
        Sysctls.write("net.ipv4.ip_forward", "0", KernelTap.NONE);
    }

    @KernelTest
    void anInterfaceWithADotInItsNameHasParameters() {
        TestNetns.inHere("ip", "link", "add", "br0.7", "type", "bridge");
        Sysctls.write("net.ipv4.conf.br0/7.forwarding", "1", KernelTap.NONE);
        assertThat(Sysctls.read("net.ipv4.conf.br0/7.forwarding")).contains("1");
        TestNetns.inHere("ip", "link", "delete", "br0.7");
    }

    @KernelTest
    void aRefusedValueSaysSo() {
        assertThatThrownBy(() -> Sysctls.write("net.ipv4.ip_forward", "many", KernelTap.NONE))
                .isInstanceOf(KernelException.class)
                .hasMessageContainingAll("sysctl -w net.ipv4.ip_forward=many", "EINVAL", "refuses this value");
        assertThatThrownBy(() -> Sysctls.write("net.ipv4.no_such_thing", "1", KernelTap.NONE))
                .isInstanceOf(KernelException.class)
                .hasMessageContainingAll("ENOENT", "no such parameter");
    }
}
