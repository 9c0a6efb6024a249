package io.cnm4j.linux.vxlan.esp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.linux.vxlan.codec.Drop;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class EspTest {
    private static final IpAddress PEER = IpAddress.parse("192.0.2.2");

    private final EspKey key = key(1, 0x1000);
    private final EspSender sender = new EspSender(key, 1_000);
    private final EspReceiver receiver = new EspReceiver();
    private final ByteBuffer packet = ByteBuffer.allocateDirect(4096);

    private static EspKey key(int seed, int spi) {
        byte[] material = new byte[EspKey.LENGTH];
        new Random(seed).nextBytes(material);
        return new EspKey(spi, material);
    }

    private int seal(ByteBuffer payload, int octets) {
        sender.begin(50_000, 4789, octets, 0);
        sender.add(payload, 0, octets);
        return (int) sender.seal(packet, 0);
    }

    private long open(int length) {
        return receiver.open(packet, 0, length, 0, PEER.low());
    }

    @RepeatedTest(200)
    void whatIsSealedOpensAndWhatIsChangedDoesNot(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        receiver.use(EspKeys.NONE.receiveFrom(PEER, key));
        byte[] payload = new byte[random.nextInt(2000) + 1];
        random.nextBytes(payload);
        int length = seal(ByteBuffer.wrap(payload), payload.length);
        assertThat(length).isBetween(payload.length + 8 + 34, payload.length + 8 + EspSender.OVERHEAD);
        assertThat(length % 4).isZero();
        int at = random.nextInt(length);
        byte before = packet.get(at);
        packet.put(at, (byte) (before ^ (1 << random.nextInt(8))));
        assertThat(Drop.of(open(length))).isIn(Drop.NOT_AUTHENTIC, Drop.UNKNOWN_KEY, Drop.REPLAYED);
        packet.put(at, before);
        assertThat(Drop.of(open(length - 1))).isIn(Drop.NOT_AUTHENTIC, Drop.TRUNCATED);
        byte[] kept = new byte[length];
        packet.get(0, kept);
        assertThat(open(length)).isEqualTo(8 + payload.length);
        assertThat(packet.slice(8, payload.length)).isEqualTo(ByteBuffer.wrap(payload));
        assertThat(packet.getShort(2)).isEqualTo((short) 4789);
        packet.put(0, kept);
        assertThat(Drop.of(open(length))).isEqualTo(Drop.REPLAYED);
    }

    @Test
    void aKeyIsOneEndpointsAlone() {
        receiver.use(EspKeys.NONE.receiveFrom(PEER, key));
        int length = seal(ByteBuffer.allocate(100), 100);
        assertThat(Drop.of(receiver.open(packet, 0, length, 0, PEER.low() + 1))).isEqualTo(Drop.UNKNOWN_KEY);
        assertThat(open(length)).isPositive();
        receiver.use(EspKeys.NONE.receiveFrom(PEER, key(2, 0x1000)));
        assertThat(Drop.of(open(seal(ByteBuffer.allocate(100), 100)))).isEqualTo(Drop.NOT_AUTHENTIC);
        receiver.use(EspKeys.NONE);
        assertThat(Drop.of(open(seal(ByteBuffer.allocate(100), 100)))).isEqualTo(Drop.UNKNOWN_KEY);
    }

    @Test
    void keysThatStayKeepTheirWindows() {
        EspKeys keys = EspKeys.NONE.receiveFrom(PEER, key);
        receiver.use(keys);
        int length = seal(ByteBuffer.allocate(10), 10);
        byte[] kept = new byte[length];
        packet.get(0, kept);
        assertThat(open(length)).isPositive();
        receiver.use(keys.receiveFrom(PEER, key(3, 0x2000)));
        packet.put(0, kept);
        assertThat(Drop.of(open(length))).isEqualTo(Drop.REPLAYED);
    }

    @RepeatedTest(50)
    void theWindowTakesEachNumberOnceAndNothingOlder(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        var window = new ReplayWindow();
        Set<Long> seen = new HashSet<>();
        long last = 0;
        for (int i = 0; i < 5000; i++) {
            long number = Math.max(1, last + random.nextInt(2200) - 1100 + random.nextInt(3) * 200L);
            boolean fresh = !seen.contains(number) && number + 1024 > last;
            assertThat(window.isNew(number)).as("%s after %s", number, last).isEqualTo(fresh);
            if (fresh && random.nextInt(4) > 0) {
                window.note(number);
                seen.add(number);
                last = Math.max(last, number);
            }
        }
    }

    @Test
    void keysThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new EspKey(255, new byte[36])).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> new EspKey(256, new byte[32]))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("36");
        EspKeys keys = EspKeys.NONE.receiveFrom(PEER, key);
        assertThatThrownBy(() -> keys.receiveFrom(PEER, key(5, 0x1000)))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("SPI");
        assertThat(keys.receiveFrom(IpAddress.parse("192.0.2.3"), key(5, 0x1000))
                        .receiving())
                .as("another peer may have chosen the same SPI")
                .hasSize(2);
        assertThat(keys.without(0x1000).receiving()).isEmpty();
        assertThat(key.toString()).isEqualTo("EspKey[spi=0x1000]");
    }

    @Test
    void noncesDoNotComeAgainAfterARestart() {
        seal(ByteBuffer.allocate(10), 10);
        long first = packet.getLong(8);
        seal(ByteBuffer.allocate(10), 10);
        assertThat(packet.getLong(8)).isEqualTo(first + 1);
        var restarted = new EspSender(key, 1_001);
        restarted.begin(1, 2, 0, 0);
        restarted.seal(packet, 0);
        assertThat(packet.getLong(8)).isGreaterThan(first + 4_000_000);
    }
}
