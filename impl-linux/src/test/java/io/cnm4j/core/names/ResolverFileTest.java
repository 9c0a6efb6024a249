package io.cnm4j.core.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.spi.plan.OwnedText;
import io.cnm4j.spi.plan.OwnedText.Edits;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows RC and test *37. */
class ResolverFileTest {
    private static final String HOST = """
            # a comment
            nameserver 127.0.0.53
            nameserver 192.0.2.1
            nameserver fe80::1%eth0
            nameserver 2001:db8::1
            nameserver nonsense
            domain first.example
            search a.example b.example
            options timeout:1
            options attempts:2
            sortlist 10.0.0.0
            """;

    private static List<String> lines(String text) {
        return text.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .toList();
    }

    @Test
    void aSandboxThatAsksUsHasOneServer() { // RC-02, RC-05
        ResolverFile file = ResolverFile.parse(HOST);
        assertThat(lines(file.internal()))
                .containsExactly(
                        "nameserver 127.0.0.11",
                        "search a.example b.example",
                        "options timeout:1 attempts:2 ndots:0",
                        "sortlist 10.0.0.0");
        assertThat(file.upstreams())
                .extracting(Upstream::toString)
                .containsExactly("host(127.0.0.53)", "192.0.2.1", "2001:db8::1"); // RC-06
    }

    @Test
    void aSandboxThatAsksOthersHasThoseItCanReach() { // RC-04
        assertThat(lines(ResolverFile.parse(HOST).legacy(false)))
                .startsWith("nameserver 192.0.2.1", "search a.example b.example");
        assertThat(lines(ResolverFile.parse(HOST).legacy(true)))
                .startsWith(
                        "nameserver 192.0.2.1",
                        "nameserver fe80::1%eth0",
                        "nameserver 2001:db8::1",
                        "search a.example b.example");
        assertThat(lines(ResolverFile.parse("").legacy(false))) // RC-12
                .containsExactly("nameserver 8.8.8.8", "nameserver 8.8.4.4");
        assertThat(lines(ResolverFile.parse("nameserver ::1").legacy(true))).hasSize(4);
    }

    @Test
    void whatIsGivenReplacesWhatTheHostHas() { // RC-03
        ResolverFile file = ResolverFile.parse(HOST).with(List.of("127.0.0.1"), List.of("."), List.of("ndots:2"));
        assertThat(lines(file.internal()))
                .containsExactly("nameserver 127.0.0.11", "options ndots:2", "sortlist 10.0.0.0");
        assertThat(file.upstreams())
                .containsExactly(new Upstream(io.cnm4j.api.model.IpAddress.parse("127.0.0.1"), false));
        assertThat(lines(file.legacy(false))).startsWith("nameserver 127.0.0.1");
        assertThat(ResolverFile.parse(HOST).with(List.of(), List.of(), List.of()))
                .isEqualTo(ResolverFile.parse(HOST));
    }

    @Test
    void aSandboxInTheHostsNamespaceHasTheHostsFileWithItsWishes() { // RC-11
        assertThat(lines(ResolverFile.parse(HOST).asIs()))
                .startsWith(
                        "nameserver 127.0.0.53",
                        "nameserver 192.0.2.1",
                        "nameserver fe80::1%eth0",
                        "nameserver 2001:db8::1",
                        "search a.example b.example");
        assertThat(lines(ResolverFile.parse(HOST)
                        .with(List.of("192.0.2.5"), List.of(), List.of())
                        .asIs()))
                .startsWith("nameserver 192.0.2.5", "search a.example b.example");
    }

    @Test
    void theFileSaysWhereItIsFrom() { // RC-07, RC-10: whoever is asked, of either family, is named
        assertThat(ResolverFile.parse(HOST)
                        .with(List.of(), List.of("c.example"), List.of())
                        .internal())
                .startsWith("# made by cnm4j from the host's configuration\n")
                .contains(
                        "# name servers asked from 127.0.0.11: [host(127.0.0.53), 192.0.2.1, 2001:db8::1]",
                        "# not the host's: [search]");
    }

    @ParameterizedTest
    @CsvSource({
        "ndots:0,ndots:0,false",
        "ndots:5,ndots:5,true",
        "ndots:x,ndots:0,false",
        "ndots:-1,ndots:0,false",
        "debug,debug ndots:0,false"
    })
    void ndotsIsKeptIfItMakesSense(String option, String expected, boolean wantsDots) { // RC-05, DNS-13
        ResolverFile file = ResolverFile.parse("options " + option);
        assertThat(lines(file.internal())).contains("options " + expected);
        assertThat(file.wantsDots()).isEqualTo(wantsDots);
    }

    @Test
    void anEditedFileIsLeftAlone() { // RC-08
        String ours = ResolverFile.parse(HOST).internal();
        String next = ResolverFile.parse("").internal();
        assertThat(OwnedText.change(ours, next, Edits.LEFT_ALONE)).contains(next);
        assertThat(OwnedText.change(ours.replace("timeout:1", "timeout:2"), next, Edits.LEFT_ALONE))
                .isEmpty();
        assertThat(OwnedText.change(ours + "options debug\n", next, Edits.LEFT_ALONE))
                .isEmpty();
        assertThat(OwnedText.change("", next, Edits.LEFT_ALONE)).contains(next);
        assertThat(OwnedText.change(ours + "\n\n\n", next, Edits.LEFT_ALONE))
                .as("its writer died before it cut the file")
                .contains(next);
    }
}
