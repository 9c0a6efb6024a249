package io.cnm4j.linux.vxlan.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Large TCP frames: cut, then joined again. */
class TcpTest {
    private static final int SPACE = 70_000;

    private final Frame frame = new Frame();
    private final TcpSplit split = new TcpSplit();
    private final TcpMerge merge = new TcpMerge();
    private final ByteBuffer large = ByteBuffer.allocateDirect(SPACE);
    private final ByteBuffer parts = ByteBuffer.allocateDirect(3 * SPACE);

    /** Writes a TCP frame of a random kind and returns its octets. */
    private int large(Random random, int payload) {
        while (true) {
            int length = Frames.random(random, large, 0, payload);
            assertThat(frame.read(large, 0, length)).isTrue();
            int extensions = frame.transport() - frame.network() - (frame.version() == 4 ? 20 : 40);
            if (frame.protocol() == Frame.TCP && extensions == 0) {
                return length;
            }
        }
    }

    /** Writes the parts one after the other and returns how many there are. */
    private int cut(int size) {
        assertThat(split.begin(large, frame, size)).isTrue();
        int at = 0;
        for (int i = 0; i < split.segments(); i++) {
            split.write(i, parts, at);
            for (int octet = 0; octet < split.payloadLength(i); octet++) {
                parts.put(at + split.headers() + octet, large.get(split.payload(i) + octet));
            }
            at += split.headers() + split.payloadLength(i);
        }
        return split.segments();
    }

    private boolean isSound(ByteBuffer octets) {
        int tcp = frame.transport();
        int length = frame.packetEnd() - tcp;
        long pseudo = Checksum.pseudo(octets, frame.network(), frame.version(), Frame.TCP, length);
        boolean ip = frame.version() == 6 || Checksum.fold(Checksum.sum(octets, frame.network(), 20)) == 0xffff;
        return ip && Checksum.fold(pseudo + Checksum.sum(octets, tcp, length)) == 0xffff;
    }

    @RepeatedTest(200)
    void partsAreSoundAndMakeTheWholeAgain(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        int payload = 1 + random.nextInt(64_000);
        int length = large(random, payload);
        int size = 1000 + random.nextInt(500);
        int sequence = large.getInt(frame.transport() + 4);
        int count = cut(size);
        assertThat(count).isEqualTo((payload + size - 1) / size);
        int at = 0;
        for (int i = 0; i < count; i++) {
            int part = split.headers() + split.payloadLength(i);
            assertThat(frame.read(parts, at, part)).isTrue();
            assertThat(frame.packetEnd()).isEqualTo(at + part);
            assertThat(isSound(parts)).as("part %s", i).isTrue();
            assertThat(parts.getInt(frame.transport() + 4)).isEqualTo(sequence + i * size);
            boolean push = (parts.get(frame.transport() + 13) & TcpSplit.PSH) != 0;
            assertThat(push).isEqualTo(i == count - 1);
            boolean taken = i == 0 ? merge.begin(parts, frame) : merge.join(parts, frame);
            assertThat(taken).as("part %s of %s", i, count).isTrue();
            at += part;
        }
        merge.finish();
        assertThat(merge.segments()).isEqualTo(count);
        assertThat(merge.length()).isEqualTo(length);
        assertThat(merge.size()).isEqualTo(Math.min(size, payload));
        assertThat(merge.isComplete()).isTrue();
        frame.read(large, 0, length);
        int tcp = frame.transport();
        for (int i = 0; i < merge.headers(); i++) {
            boolean checksum = i / 2 == (tcp + 16) / 2;
            assertThat(checksum || parts.get(i) == large.get(i))
                    .as("octet %s", i)
                    .isTrue();
        }
        int field = parts.getShort(tcp + 16) & 0xffff;
        long pseudo = Checksum.pseudo(large, frame.network(), frame.version(), Frame.TCP, length - tcp);
        assertThat(field).isEqualTo(Checksum.fold(pseudo));
    }

    @RepeatedTest(2000)
    void aPartThatDiffersIsNotJoined(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        large(random, 2000);
        cut(1000);
        int part = split.headers() + 1000;
        frame.read(parts, 0, part);
        assertThat(merge.begin(parts, frame)).isTrue();
        int at = part + random.nextInt(part);
        byte before = parts.get(at);
        parts.put(at, (byte) (before ^ (1 << random.nextInt(8))));
        frame.read(parts, part, part);
        assertThat(merge.join(parts, frame)).as("octet %s changed", at - part).isFalse();
        assertThat(merge.segments()).isEqualTo(1);
        parts.put(at, before);
        frame.read(parts, part, part);
        assertThat(merge.join(parts, frame)).isTrue();
    }

    @RepeatedTest(2000)
    void junkIsNeitherCutNorJoinedOutsideOfItself(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        int length = large(random, random.nextInt(100) + 1);
        for (int i = random.nextInt(4); i > 0; i--) {
            large.put(random.nextInt(Math.min(length, 80)), (byte) random.nextInt());
        }
        int kept = random.nextInt(length + 1);
        ByteBuffer exact = large.slice(0, kept); // reading further throws
        frame.read(exact, 0, kept);
        if (split.begin(exact, frame, 1 + random.nextInt(50))) {
            assertThat(split.segments()).isPositive();
            for (int i = 0; i < split.segments(); i++) {
                split.write(i, parts, 0);
                assertThat(split.payload(i) + split.payloadLength(i)).isLessThanOrEqualTo(kept);
            }
        }
        TcpMerge.isUnfinished(exact, frame);
        if (merge.begin(exact, frame)) {
            assertThat(merge.length()).isLessThanOrEqualTo(kept);
            merge.join(exact, frame);
            merge.finish();
        }
    }

    /** What a kernel on the same machine sends: the field holds the sum of the pseudo header. */
    @Test
    void aChecksumThatNobodyFinishedIsNoticed() {
        int length = large(new Random(9), 500);
        int tcp = frame.transport();
        assertThat(TcpMerge.isUnfinished(large, frame)).isFalse();
        long pseudo = Checksum.pseudo(large, frame.network(), frame.version(), Frame.TCP, length - tcp);
        large.putShort(tcp + 16, (short) Checksum.fold(pseudo));
        assertThat(TcpMerge.isUnfinished(large, frame)).isTrue();
        assertThat(merge.begin(large, frame)).isTrue();
    }

    @Test
    void cuttingAndJoiningAllocateNothing() {
        int length = large(new Random(4), 10_000);
        long perRound = Allocation.perRound(() -> {
            frame.read(large, 0, length);
            split.begin(large, frame, 1448);
            for (int i = 0; i < split.segments(); i++) {
                split.write(i, parts, i * 200);
            }
            merge.begin(large, frame);
            merge.join(large, frame);
        });
        assertThat(perRound).isZero();
    }
}
