package io.cnm4j.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.InvalidRequestException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1",
        "0.0.0.0, 0.0.0.0",
        "::, ::",
        "::1, ::1",
        "fe80:0:0:0:0:0:0:1, fe80::1",
        "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
        "2001:DB8::1:0:0:1, 2001:db8::1:0:0:1",
        "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
        "::ffff:10.1.2.3, ::ffff:a01:203",
        "1::, 1::"
    })
    void printsTheCanonicalForm(String text, String canonical) {
        assertThat(IpAddress.parse(text)).hasToString(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.1",
                "10.0.0.256",
                "10.0.0.01",
                "1.2.3.4.5",
                "a.b.c.d",
                "localhost",
                ":",
                ":::",
                "1::2::3",
                "12345::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "fe80::1%eth0",
                "1.2.3.4::",
                "::1.2.3",
                "1:2:3:4:5:6:7::8:9",
                "10.0.0.-1",
                "1:2:3:4:5:6:7:"
            })
    void refusesWhatIsNotAnAddress(String text) {
        assertThatThrownBy(() -> IpAddress.parse(text))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @RepeatedTest(500)
    void agreesWithTheJdkOnRandomAddresses(RepetitionInfo run) throws UnknownHostException {
        var random = new Random(run.getCurrentRepetition());
        byte[] octets = new byte[random.nextBoolean() ? 4 : 16];
        random.nextBytes(octets);
        for (int i = 0; i < octets.length; i++) {
            octets[i] = random.nextInt(3) == 0 ? 0 : octets[i];
        }
        octets[0] = 0x20; // not an IPv4-mapped address, which the JDK would turn into IPv4
        IpAddress address = IpAddress.of(octets);
        assertThat(address.octets()).isEqualTo(octets);
        assertThat(IpAddress.parse(address.toString())).isEqualTo(address);
        assertThat(InetAddress.getByName(address.toString()).getAddress()).isEqualTo(octets);
        assertThat(address.plus(1_000_003).plus(-1_000_003)).isEqualTo(address);
    }
}
