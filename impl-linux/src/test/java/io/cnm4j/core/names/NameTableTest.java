package io.cnm4j.core.names;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.tck.Together;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class NameTableTest {
    private static Registration holder(int number) {
        return new Registration(
                "e" + number,
                List.of("unused"),
                List.of(IpAddress.ipv4(number), IpAddress.ipv6(0x2001L << 48, number)),
                List.of());
    }

    private static void assertHas(NameTable table, String name, List<Registration> holders) {
        Addresses found = table.get(name);
        if (holders.isEmpty()) {
            assertThat(found).as(name).isNull();
            return;
        }
        assertThat(requireNonNull(found, name).holders()).as(name).isEqualTo(holders);
        for (Family family : Family.values()) {
            assertThat(found.count(family)).isEqualTo(holders.size());
            for (int i = 0; i < holders.size(); i++) {
                assertThat(found.address(family, i))
                        .isEqualTo(holders.get(i).addresses().get(family == Family.IPV4 ? 0 : 1));
            }
        }
    }

    @Test
    void hasWhatAMapWouldHave() {
        var random = new Random(11);
        var table = new NameTable();
        Map<String, List<Registration>> model = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            String name = (random.nextBoolean() ? "n" : "\u0101\u00e9.") + random.nextInt(5_000);
            List<Registration> holders = random.nextInt(3) == 0
                    ? List.of()
                    : random.ints(1 + random.nextInt(3))
                            .mapToObj(NameTableTest::holder)
                            .toList();
            table.put(name, holders);
            if (holders.isEmpty()) {
                model.remove(name);
            } else {
                model.put(name, holders);
            }
            assertThat(table.size()).isEqualTo(model.size());
            String other = "n" + random.nextInt(5_000);
            assertHas(table, other, model.getOrDefault(other, List.of()));
        }
        model.forEach((name, holders) -> assertHas(table, name, holders));
        model.keySet().forEach(name -> table.put(name, List.of()));
        assertThat(table.size()).isZero();
        model.keySet().forEach(name -> assertThat(table.get(name)).isNull());
    }

    @Test
    void readersAlwaysFindWhatIsThereAllTheTime() {
        var table = new NameTable();
        List<Registration> one = List.of(holder(1));
        for (int i = 0; i < 100; i++) {
            table.put("stays" + i, one);
        }
        var over = new AtomicBoolean();
        Together.run(2, thread -> {
            if (thread == 0) {
                for (int i = 0; i < 100_000; i++) {
                    table.put("comes" + i, one);
                    table.put("comes" + (i - 500), List.of());
                    table.put("stays" + i % 100, List.of(holder(i)));
                }
                over.set(true);
            } else {
                for (int i = 0; !over.get(); i++) {
                    Addresses found = requireNonNull(table.get("stays" + i % 100), "it is there all the time");
                    assertThat(found.count(Family.IPV4)).isEqualTo(1);
                }
            }
        });
        assertThat(table.size()).isEqualTo(600);
    }
}
