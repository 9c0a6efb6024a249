package io.cnm4j.linux.vxlan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.vxlan.codec.Allocation;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class ForwardingTableTest {
    private static final Vtep ONE = Vtep.at("192.0.2.1");
    private static final Vtep TWO = Vtep.at("2001:db8::2");

    private final ForwardingTable table = new ForwardingTable();

    @RepeatedTest(50)
    void itSaysWhatAMapSays(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        Map<Long, Vtep> macs = new HashMap<>();
        Map<IpAddress, Long> neighbours = new HashMap<>();
        for (int batch = 0; batch < 20; batch++) {
            table.change(change -> {
                for (int i = random.nextInt(50); i > 0; i--) {
                    var mac = new MacAddress(0x0200_0000_0000L + random.nextInt(100));
                    IpAddress address = random.nextBoolean()
                            ? IpAddress.ipv4(random.nextInt(100))
                            : IpAddress.ipv6(0, random.nextInt(100));
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            change.remove(mac);
                            macs.remove(mac.bits());
                        }
                        case 1 -> {
                            change.neighbour(address, mac);
                            neighbours.put(address, mac.bits());
                        }
                        case 2 -> {
                            change.removeNeighbour(address);
                            neighbours.remove(address);
                        }
                        default -> {
                            Vtep vtep = random.nextBoolean() ? ONE : TWO;
                            change.put(mac, vtep);
                            macs.put(mac.bits(), vtep);
                        }
                    }
                }
            });
            Forwarding now = table.now();
            for (int i = 0; i < 100; i++) {
                long mac = 0x0200_0000_0000L + i;
                assertThat(now.vtep(mac)).isEqualTo(macs.get(mac));
                assertThat(now.mac(0, Forwarding.mapped(i))).isEqualTo(neighbours.getOrDefault(IpAddress.ipv4(i), -1L));
                assertThat(now.mac(0, i)).isEqualTo(neighbours.getOrDefault(IpAddress.ipv6(0, i), -1L));
            }
            assertThat(now.isPeer(0, Forwarding.low(ONE.address()))).isEqualTo(macs.containsValue(ONE));
            assertThat(now.isPeer(TWO.address().high(), TWO.address().low())).isEqualTo(macs.containsValue(TWO));
        }
    }

    @Test
    void whoGetsWhatIsForAllIsAPeerToo() {
        table.change(change -> change.flood(ONE).flood(TWO).flood(ONE));
        assertThat(table.now().floodSize()).isEqualTo(2);
        assertThat(table.now().flood(1)).isEqualTo(TWO);
        assertThat(table.now().isPeer(0, Forwarding.low(ONE.address()))).isTrue();
        table.change(change -> change.removeAll(ONE).removeFlood(TWO));
        assertThat(table.now().floodSize()).isZero();
        assertThat(table.now().isPeer(0, Forwarding.low(ONE.address()))).isFalse();
    }

    @Test
    void aChangeThatFailsChangesNothing() {
        var mac = MacAddress.parse("02:00:00:00:00:05");
        var group = MacAddress.parse("01:00:5e:00:00:05");
        table.change(change -> change.put(mac, ONE).flood(ONE));
        assertThatThrownBy(() ->
                        table.change(change -> change.remove(mac).flood(TWO).put(group, TWO)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("group address");
        table.change(change -> {});
        assertThat(table.now().vtep(mac.bits())).isEqualTo(ONE);
        assertThat(table.now().floodSize()).isEqualTo(1);
    }

    @Test
    void endpointsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> Vtep.at("0.0.0.0")).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> Vtep.at("ff02::1")).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> new Vtep(IpAddress.parse("192.0.2.1"), 0)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void readersSeeAllOfAChangeOrNothing() throws InterruptedException {
        var stop = new AtomicBoolean();
        var torn = new AtomicBoolean();
        var reader = new Thread(() -> {
            while (!stop.get()) {
                Forwarding now = table.now();
                torn.compareAndSet(false, !Objects.equals(now.vtep(1), now.vtep(2)));
            }
        });
        reader.start();
        for (int i = 0; i < 2000; i++) {
            Vtep vtep = i % 2 == 0 ? ONE : TWO;
            table.change(change -> change.put(new MacAddress(1), vtep).put(new MacAddress(2), vtep));
        }
        stop.set(true);
        reader.join();
        assertThat(torn).isFalse();
    }

    @Test
    void lookingUpAllocatesNothing() {
        table.change(change -> {
            for (int i = 0; i < 1000; i++) {
                change.put(new MacAddress(2L * i + 2), ONE);
                change.neighbour(IpAddress.ipv4(i), new MacAddress(2));
            }
        });
        long perRound = Allocation.perRound(() -> {
            Forwarding now = table.now();
            now.vtep(501);
            now.vtep(502);
            now.mac(0, Forwarding.mapped(77));
            now.isPeer(0, 77);
        });
        assertThat(perRound).isZero();
    }
}
