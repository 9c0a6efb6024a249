package io.cnm4j.driver.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreeSubnetsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.0/24",
                "255.255.255.0/24",
                "fd00::/56",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120",
                "::/56"
            })
    void findsWhatAWalkFinds(String base) {
        IpPrefix all = IpPrefix.parse(base);
        var random = new Random(base.hashCode());
        var free = new FreeSubnets(all);
        var taken = new ArrayList<IpPrefix>();
        for (int i = 0; i < 3_000; i++) {
            if (!taken.isEmpty() && random.nextInt(5) < 2) {
                free.give(taken.remove(random.nextInt(taken.size())));
                continue;
            }
            int length = all.length() + random.nextInt(9);
            List<IpPrefix> exclude =
                    random.nextBoolean() ? List.of() : List.of(within(all, length + random.nextInt(3) - 1, random));
            Optional<IpPrefix> found = free.lowest(length, inUse(exclude), use -> {});
            assertThat(found).isEqualTo(walk(all, length, taken, exclude));
            found.ifPresent(subnet -> {
                free.take(subnet);
                taken.add(subnet);
            });
        }
        taken.forEach(free::give);
        assertThat(free.lowest(all.length(), UsedSubnets.NONE, use -> {})).contains(all);
    }

    private static UsedSubnets inUse(List<IpPrefix> subnets) {
        return UsedSubnets.of(subnets.stream()
                .map(subnet -> new UsedSubnets.Use(subnet, () -> "the test"))
                .toList());
    }

    private static IpPrefix within(IpPrefix base, int length, Random random) {
        int shift = base.family().bits() - base.length() - 8;
        long step = shift < 63 ? (long) random.nextInt(256) << shift : 0;
        int clipped = Math.max(base.length(), Math.min(base.length() + 8, length));
        return new IpPrefix(base.address().plus(step), clipped).subnet();
    }

    private static Optional<IpPrefix> walk(IpPrefix base, int length, List<IpPrefix> taken, List<IpPrefix> exclude) {
        IpPrefix at = new IpPrefix(base.address(), length);
        while (true) {
            IpPrefix candidate = at;
            if (taken.stream().noneMatch(candidate::overlaps)
                    && exclude.stream().noneMatch(candidate::overlaps)) {
                return Optional.of(candidate);
            }
            if (candidate.last().equals(base.last())) {
                return Optional.empty();
            }
            at = new IpPrefix(candidate.last().plus(1), length);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 10.0.0.0/8", "0.0.0.0/0, 10.0.0.0/8", "11.0.0.0/8, ''"})
    void takesThePartThatIsItsOwn(String subnet, String gone) {
        var free = new FreeSubnets(IpPrefix.parse("10.0.0.0/8"));
        free.take(IpPrefix.parse(subnet));
        assertThat(free.lowest(8, UsedSubnets.NONE, use -> {}).isEmpty()).isEqualTo(!gone.isEmpty());
        free.give(IpPrefix.parse(subnet));
        assertThat(free.lowest(8, UsedSubnets.NONE, use -> {})).contains(IpPrefix.parse("10.0.0.0/8"));
    }

    @Test
    void jumpsOverWhatIsExcluded() {
        var free = new FreeSubnets(IpPrefix.parse("10.0.0.0/8"));
        List<IpPrefix> exclude =
                List.of(IpPrefix.parse("10.0.0.1/32"), IpPrefix.parse("10.0.1.0/24"), IpPrefix.parse("10.0.0.0/9"));
        assertThat(free.lowest(32, inUse(exclude), use -> {})).contains(IpPrefix.parse("10.128.0.0/32"));
    }
}
