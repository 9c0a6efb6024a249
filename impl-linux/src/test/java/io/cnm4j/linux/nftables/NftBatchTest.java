package io.cnm4j.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Reply;
import io.cnm4j.spi.plan.FirewallElement;
import io.cnm4j.spi.plan.FirewallTable;
import io.cnm4j.spi.plan.HostFirewall;
import io.cnm4j.spi.plan.SourceElements;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernel")
class NftBatchTest {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final FirewallTable TABLE = HostFirewall.table(new ControllerId("c".repeat(64)));
    private static final List<FirewallElement> ELEMENTS = List.of(
            HostFirewall.member("br0"),
            HostFirewall.within("br0", false),
            HostFirewall.internal("br0"),
            HostFirewall.unrelated(Family.IPV6),
            SourceElements.keep("br0", IpPrefix.parse("10.1.0.0/16")),
            SourceElements.keep("br0", IpPrefix.parse("fd00:1::/64")),
            SourceElements.keep("br0", IpPrefix.parse("10.1.0.0/24")),
            SourceElements.masquerade(IpPrefix.parse("10.1.0.0/16")),
            SourceElements.masquerade(IpPrefix.parse("10.1.0.0/24")),
            SourceElements.masquerade(IpPrefix.parse("fd00:1::/64")),
            SourceElements.translate(IpPrefix.parse("10.2.0.0/16"), IpAddress.parse("192.0.2.1")));

    private static void withNetfilter(Consumer<NetlinkSocket> test) {
        var outcome = new CompletableFuture<Boolean>();
        var thread = new Thread(() -> {
            if (LibC.CALLS.unshare(CLONE_NEWNET) != 0) {
                outcome.complete(false);
                return;
            }
            try (var socket = NetlinkSocket.open(NetlinkSocket.NETFILTER)) {
                test.accept(socket);
                outcome.complete(true);
            } catch (Throwable failure) {
                outcome.completeExceptionally(failure);
            }
        });
        thread.start();
        assumeTrue(outcome.join(), "network namespaces need CAP_SYS_ADMIN: run as root or under unshare -rn");
    }

    @Test
    void theKernelTakesTheWholeTableOnce() {
        withNetfilter(netfilter -> {
            assertThat(new NftBatch().add(TABLE).commit(netfilter)).isEmpty();
            assertThat(new NftBatch().add(TABLE).commit(netfilter))
                    .map(Reply::errno)
                    .contains(17);
            assertThat(new NftBatch().delete(TABLE).commit(netfilter)).isEmpty();
            assertThat(new NftBatch().delete(TABLE).commit(netfilter))
                    .map(Reply::errno)
                    .contains(2);
        });
    }

    @Test
    void elementsOfEveryKindComeAndGo() {
        withNetfilter(netfilter -> {
            assertThat(new NftBatch().add(TABLE).add(TABLE, ELEMENTS).commit(netfilter))
                    .isEmpty();
            assertThat(new NftBatch().delete(TABLE, ELEMENTS).commit(netfilter)).isEmpty();
            assertThat(new NftBatch().delete(TABLE, ELEMENTS).commit(netfilter))
                    .map(Reply::errno)
                    .contains(2);
            assertThat(new NftBatch().add(TABLE, ELEMENTS).commit(netfilter)).isEmpty();
        });
    }

    @Test
    void aBatchWithOneRefusalChangesNothing() {
        withNetfilter(netfilter -> {
            assertThat(new NftBatch().add(TABLE).commit(netfilter)).isEmpty();
            FirewallElement member = HostFirewall.member("br1");
            Optional<Reply> refusal = new NftBatch()
                    .add(TABLE, List.of(member))
                    .delete(TABLE, List.of(HostFirewall.member("br2")))
                    .commit(netfilter);
            assertThat(refusal).map(Reply::errno).contains(2);
            assertThat(new NftBatch().add(TABLE, List.of(member)).commit(netfilter))
                    .isEmpty();
        });
    }
}
