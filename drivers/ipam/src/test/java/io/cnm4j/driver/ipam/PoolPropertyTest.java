package io.cnm4j.driver.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.driver.ipam.PoolModel.Kind;
import io.cnm4j.driver.ipam.PoolModel.Step;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real pools do what the naive ones do, whatever the order. A failure names seed and steps, as few as still fail;
 * {@code -Dcnm4j.ipam.steps=N} takes N million steps more of each kind.
 */
class PoolPropertyTest {
    private static final int STEPS_A_RUN = 400;
    private static final int RUNS = 300;
    private static final int EXTRA = Integer.getInteger("cnm4j.ipam.steps", 0) * (1_000_000 / STEPS_A_RUN);

    private static Ipam ipam() {
        return new PoolIpamDriver().open(new AddressSpace(AddressSpace.Scope.LOCAL, List.of(), "host"));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/28, , , false",
        "10.0.0.0/24, , , true",
        "10.0.0.0/20, 10.0.4.0/28, 10.0.0.0/27, false",
        "10.0.0.0/16, , 10.0.255.240/28, true",
        "10.0.0.0/8, 10.255.255.224/27, 10.255.255.192/26, false",
        "255.255.255.252/30, , , true",
        "10.0.0.8/31, , , false",
        "10.0.0.9/32, , , true",
        "fd00::/127, , , true",
        "fd00::9/128, , , false",
        "fd00::/120, , fd00::f0/124, true",
        "fd00:0:0:1::/64, , fd00:0:0:1::ffff:ffe0/123, false",
        "fd00::/48, fd00:0:0:7:ffff:ffff:ffff:fff0/124, fd00:0:0:8::/122, false",
        "ffff::/16, ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124, , true"
    })
    void doesWhatTheModelDoes(String subnet, String range, String otherRange, boolean serial) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        var ranges = new ArrayList<Optional<IpPrefix>>();
        ranges.add(Optional.ofNullable(range).map(IpPrefix::parse));
        Optional.ofNullable(otherRange).map(IpPrefix::parse).map(Optional::of).ifPresent(ranges::add);
        for (int seed = 0; seed < RUNS + EXTRA; seed++) {
            List<Step> steps = steps(new Random(seed), ranges.size());
            Supplier<PoolModel> fresh = () -> new PoolModel(ipam(), prefix, ranges, serial);
            if (fresh.get().firstDifference(steps).isPresent()) {
                List<Step> few = shrunk(
                        steps, fewer -> fresh.get().firstDifference(fewer).isPresent());
                fail("seed " + seed + " of " + subnet + " fails with these steps: " + few + "\n"
                        + fresh.get().firstDifference(few).orElseThrow());
            }
        }
    }

    private static List<Step> steps(Random random, int pools) {
        var steps = new ArrayList<Step>();
        int spread = 1 << (2 + random.nextInt(11));
        Kind[] kinds = Kind.values();
        for (int i = 0; i < STEPS_A_RUN; i++) {
            Kind kind = random.nextInt(3) == 0 ? Kind.ANY : kinds[random.nextInt(kinds.length)];
            if (kind == Kind.REOPEN && random.nextInt(20) > 0) {
                kind = Kind.RELEASE;
            }
            steps.add(new Step(kind, random.nextInt(pools), random.nextInt(4) << 12 | random.nextInt(spread)));
        }
        return steps;
    }

    /** Leaves out steps, many at a time and then one by one, as long as it still fails. */
    static <T> List<T> shrunk(List<T> steps, Predicate<List<T>> fails) {
        List<T> few = steps;
        for (int part = Math.max(1, few.size() / 2); part > 0; part /= 2) {
            for (int start = 0; start < few.size(); ) {
                var fewer = new ArrayList<>(few.subList(0, start));
                fewer.addAll(few.subList(Math.min(few.size(), start + part), few.size()));
                if (fails.test(fewer)) {
                    few = fewer;
                } else {
                    start += part;
                }
            }
        }
        return few;
    }

    @Test
    void shrinksToTheStepsThatMatter() {
        List<Integer> steps = new Random(1).ints(300, 0, 1000).boxed().toList();
        int one = steps.get(70);
        int other = steps.get(211);
        assertThat(shrunk(steps, some -> some.contains(one) && some.contains(other)))
                .containsExactlyInAnyOrder(one, other);
    }

    @Test
    void theModelTellsAWrongPoolFromARightOne() {
        IpPrefix subnet = IpPrefix.parse("10.0.0.0/28");
        Ipam forgetful = new ForgetfulIpam(ipam());
        var model = new PoolModel(forgetful, subnet, List.of(Optional.empty()), false);
        var steps = List.of(new Step(Kind.ANY, 0, 0), new Step(Kind.RELEASE, 0, 1), new Step(Kind.ANY, 0, 0));
        assertThat(model.firstDifference(steps))
                .hasValueSatisfying(text -> assertThat(text).contains("step 2", "expected 10.0.0.1"));
    }

    @Test
    void aSubnetIsFreeAgainWithTheLastPool() {
        Ipam ipam = ipam();
        var ranges = List.of(
                Optional.of(IpPrefix.parse("10.0.0.0/28")),
                Optional.of(IpPrefix.parse("10.0.0.16/28")),
                Optional.<IpPrefix>empty());
        List<AddressPoolLease> pools = new ArrayList<>();
        for (Optional<IpPrefix> range : ranges.subList(0, 2)) {
            pools.add(PoolIpamTest.ranged(ipam, "10.0.0.0/24", range));
        }
        pools.get(1).request(AddressRequest.ANY);
        pools.get(0).close();
        pools.get(1).close();
        AddressPoolLease whole = PoolIpamTest.ranged(ipam, "10.0.0.0/23", ranges.get(2));
        assertThat(whole.leased()).isEmpty();
    }
}
