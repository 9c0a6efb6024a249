package io.cnm4j.spi.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubnetSizeTest {

    @Test
    void noTwoSubnetsHaveOneMiddle() {
        var middles = new HashSet<IpAddress>();
        for (String address : List.of("10.0.0.0", "fd00::")) {
            IpAddress first = IpAddress.parse(address);
            for (int length = 8; length < first.family().bits(); length++) {
                var subnet = new IpPrefix(first, length);
                assertThat(middles.add(SubnetSize.middle(subnet))).isTrue();
                assertThat(subnet.contains(SubnetSize.middle(subnet))).isTrue();
            }
        }
    }

    @Test
    void anAddressBecomesTheMiddleOfItsSubnet() {
        assertThat(new SubnetSize(Family.IPV4, 25).render()).isEqualTo(" & 255.255.255.128 | 0.0.0.64");
        assertThat(new SubnetSize(Family.IPV6, 64).render()).isEqualTo(" & ffff:ffff:ffff:ffff:: | ::8000:0:0:0");
        assertThat(SubnetSize.middle(IpPrefix.parse("10.1.2.200/25"))).hasToString("10.1.2.192");
    }
}
