package io.cnm4j.core.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.ExtraHost;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.core.names.HostsFile.Linked;
import io.cnm4j.spi.plan.OwnedText;
import io.cnm4j.spi.plan.OwnedText.Edits;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rows HO and test *38. */
class HostsFileTest {
    private static final List<ExtraHost> EXTRA = List.of(
            ExtraHost.parse("six:[2001:db8::9]"),
            ExtraHost.parse("four:192.0.2.9"),
            ExtraHost.parse("up:host-gateway"));

    private static String text(boolean ipv6, String name, String... addresses) {
        return HostsFile.text(
                ipv6,
                HostsFile.lines(
                        ipv6,
                        EXTRA,
                        Optional.of(IpAddress.parse("10.0.0.1")),
                        List.of(new Linked(
                                List.of("db", "db-host", "db"),
                                List.of(IpAddress.parse("10.0.0.9"), IpAddress.parse("2001:db8::99")))),
                        Optional.of(name),
                        List.of(addresses).stream().map(IpAddress::parse).toList()));
    }

    private static List<String> lines(String text) {
        return text.lines().filter(line -> !line.startsWith("#")).toList();
    }

    @Test
    void hasLocalhostThenExtraHostsThenTheSandbox() { // HO-02, HO-04
        assertThat(lines(text(true, "web.example.org", "10.0.0.2", "2001:db8::2")))
                .containsExactly(
                        "127.0.0.1\tlocalhost",
                        "::1\tlocalhost ip6-localhost ip6-loopback",
                        "fe00::\tip6-localnet",
                        "ff00::\tip6-mcastprefix",
                        "ff02::1\tip6-allnodes",
                        "ff02::2\tip6-allrouters",
                        "2001:db8::9\tsix",
                        "192.0.2.9\tfour",
                        "10.0.0.1\tup",
                        "10.0.0.9\tdb db-host",
                        "2001:db8::99\tdb db-host",
                        "10.0.0.2\tweb.example.org web",
                        "2001:db8::2\tweb.example.org web");
    }

    @Test
    void withoutIpv6ThereAreNoLinesOfIt() { // HO-03
        assertThat(lines(text(false, "web", "10.0.0.2")))
                .containsExactly(
                        "127.0.0.1\tlocalhost",
                        "192.0.2.9\tfour",
                        "10.0.0.1\tup",
                        "10.0.0.9\tdb db-host",
                        "10.0.0.2\tweb");
    }

    @Test
    void editsOfOthersAreKept() { // HO-06, HO-07, HO-09
        String edited = text(false, "web", "10.0.0.2").replace("localhost\n", "localhost me\n") + "192.0.2.7\tmine\n";
        String changed = OwnedText.change(edited, text(false, "web", "10.0.0.20"), Edits.KEPT_AROUND_BLOCK)
                .orElseThrow();
        assertThat(lines(changed))
                .containsExactly(
                        "127.0.0.1\tlocalhost me",
                        "192.0.2.9\tfour",
                        "10.0.0.1\tup",
                        "10.0.0.9\tdb db-host",
                        "10.0.0.20\tweb",
                        "192.0.2.7\tmine");
        assertThat(OwnedText.change(changed, text(false, "web", "10.0.0.20"), Edits.KEPT_AROUND_BLOCK))
                .isEmpty();
        assertThat(OwnedText.change("127.0.0.1 localhost\n", text(false, "web"), Edits.KEPT_AROUND_BLOCK))
                .isEmpty();
    }

    @Test
    void aCopyOfTheHostsKeepsWhatIsAroundTheBlock() { // HO-01
        String hosts = "127.0.0.1 localhost\n192.0.2.1 printer # the one upstairs";
        assertThat(OwnedText.withBlock(hosts, HostsFile.behindHosts(List.of()))).isEqualTo(hosts);
        String first = OwnedText.withBlock(hosts, HostsFile.behindHosts(List.of("192.0.2.9\tfour")));
        assertThat(lines(first))
                .containsExactly("127.0.0.1 localhost", "192.0.2.1 printer # the one upstairs", "192.0.2.9\tfour");
        String edited = first + "192.0.2.7\tmine\n";
        String second = OwnedText.withBlock(edited, HostsFile.behindHosts(List.of("192.0.2.8\teight")));
        assertThat(lines(second)).endsWith("192.0.2.8\teight", "192.0.2.7\tmine");
        assertThat(OwnedText.withBlock(second, "")).isEqualTo(hosts + "\n192.0.2.7\tmine\n");
    }
}
