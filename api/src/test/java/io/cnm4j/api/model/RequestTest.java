package io.cnm4j.api.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.NetworkId;
import io.cnm4j.api.error.InvalidRequestException;
import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void aBlankNetworkNameIsRefused() { // NW-02
        assertThatThrownBy(() -> NetworkRequest.named(" ")).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void defaultsAreThoseOfTheModel() { // NW-04
        NetworkRequest request = NetworkRequest.named("web");
        assertThat(request.ipv4()).isTrue();
        assertThat(request.ipv6()).isFalse();
        assertThat(request.driver()).isEqualTo("bridge");
        assertThat(request.ipam()).isEqualTo("default");
    }

    @Test
    void hostBitsAreRefusedWithTheSubnetThatWasMeant() {
        assertThatThrownBy(() -> SubnetRequest.of("10.1.2.3/16")).hasMessageContaining("did you mean 10.1.0.0/16?");
    }

    @Test
    void aGatewayOutsideTheSubnetIsRefused() {
        assertThatThrownBy(() -> SubnetRequest.builder()
                        .pool(IpPrefix.parse("10.1.0.0/16"))
                        .gateway(IpAddress.parse("10.2.0.1"))
                        .build())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("10.2.0.1");
    }

    @Test
    void aSubnetOfAFamilyThatIsOffIsRefused() {
        assertThatThrownBy(() -> NetworkRequest.builder()
                        .name("web")
                        .addSubnets(SubnetRequest.of("fd00::/64"))
                        .build())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("IPV6 is off");
    }

    @Test
    void anInterfaceNameOfSixteenCharactersIsRefused() { // BR-01
        assertThat(InterfaceNames.check("a".repeat(15))).hasSize(15);
        assertThatThrownBy(() -> InterfaceNames.check("a".repeat(16))).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void anIdIsSixtyFourHexDigits() {
        assertThat(new NetworkId("0".repeat(64)).shortForm()).isEqualTo("000000000000");
        assertThatThrownBy(() -> new NetworkId("A".repeat(64))).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void prefixesKnowTheirBounds() {
        IpPrefix prefix = IpPrefix.parse("10.1.2.0/23");
        assertThat(prefix.last()).hasToString("10.1.3.255");
        assertThat(prefix.contains(IpAddress.parse("10.1.3.4"))).isTrue();
        assertThat(prefix.contains(IpAddress.parse("10.1.4.0"))).isFalse();
        assertThat(IpPrefix.parse("::/0").overlaps(IpPrefix.parse("fd00::/64"))).isTrue();
        assertThat(IpPrefix.parse("fd00::/72").last()).hasToString("fd00::ff:ffff:ffff:ffff");
    }
}
