package io.cnm4j.linux.vxlan.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final int PORT = VxlanHeader.PORT;
    private static final int HEADROOM = 80;
    private static final MacAddress HERE = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress THERE = MacAddress.parse("02:00:00:00:00:02");

    private static Outer outer(boolean ipv4, int vni) {
        IpAddress local = IpAddress.parse(ipv4 ? "192.0.2.1" : "2001:db8::1");
        IpAddress remote = IpAddress.parse(ipv4 ? "192.0.2.2" : "2001:db8::2");
        return new Outer(THERE, HERE, local, remote, PORT, vni);
    }

    private static int wordByWord(ByteBuffer octets, int offset, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (octets.get(offset + i) & 0xff) << (i % 2 == 0 ? 8 : 0);
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }

    @RepeatedTest(300)
    void theSumOfLongsIsTheSumOfWords(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        byte[] octets = new byte[random.nextInt(300) + 2];
        random.nextBytes(octets);
        if (random.nextBoolean()) {
            java.util.Arrays.fill(octets, (byte) 0xff);
        }
        ByteBuffer buffer = ByteBuffer.wrap(octets);
        int offset = random.nextInt(2);
        int length = octets.length - offset;
        assertThat(Checksum.fold(Checksum.sum(buffer, offset, length))).isEqualTo(wordByWord(buffer, offset, length));
    }

    @RepeatedTest(300)
    void anUpdatedChecksumIsTheOneComputedAnew(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        ByteBuffer header = ByteBuffer.allocate(20);
        random.nextBytes(header.array());
        int before = Checksum.of(Checksum.sum(header, 0, 20));
        int at = 2 * random.nextInt(10);
        int old = header.getShort(at);
        header.putShort(at, (short) random.nextInt());
        assertThat(Checksum.update(before, old & 0xffff, header.getShort(at) & 0xffff))
                .isEqualTo(Checksum.of(Checksum.sum(header, 0, 20)));
    }

    /** RFC 1071, section 3. */
    @Test
    void theChecksumOfTheRfcsExample() {
        ByteBuffer octets = ByteBuffer.wrap(HexFormat.of().parseHex("0001f203f4f5f6f7"));
        assertThat(Checksum.fold(Checksum.sum(octets, 0, 8))).isEqualTo(0xddf2);
    }

    @RepeatedTest(500)
    void whatOneEndWritesTheOtherFinds(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        boolean ipv4 = random.nextBoolean();
        int vni = random.nextInt(VxlanHeader.MAX_VNI + 1);
        ByteBuffer packet = ByteBuffer.allocateDirect(2048);
        int length = Frames.random(random, packet, HEADROOM, random.nextInt(1400));
        Outer outer = outer(ipv4, vni);
        int sourcePort = FlowHash.port(FlowHash.of(packet, HEADROOM, length));
        int start = outer.write(packet, HEADROOM, length, sourcePort);
        assertThat(sourcePort).isBetween(49_152, 65_535);
        assertThat(start).isEqualTo(HEADROOM - outer.length());
        long found = Inner.find(packet, start, outer.length() + length, PORT);
        assertThat(Drop.isDrop(found)).isFalse();
        assertThat(Inner.headers(found)).isEqualTo(outer.length());
        assertThat(Inner.length(found)).isEqualTo(length);
        assertThat(Inner.vni(found)).isEqualTo(vni);
        var frame = new Frame();
        assertThat(frame.read(packet, HEADROOM, length)).isTrue();
        assertThat(frame.version()).isIn(4, 6);
        assertThat(frame.packetEnd()).isEqualTo(HEADROOM + length);
        assertThat(packet.getShort(frame.transport()) & 0xffff).isEqualTo(40_000);
    }

    @RepeatedTest(3000)
    void aDamagedPacketIsDroppedOrItsFrameLiesWithinIt(RepetitionInfo run) {
        var random = new Random(run.getCurrentRepetition());
        ByteBuffer packet = ByteBuffer.allocateDirect(600);
        Outer outer = outer(random.nextBoolean(), 7);
        int length = Frames.random(random, packet, HEADROOM, random.nextInt(200));
        int start = outer.write(packet, HEADROOM, length, 50_000);
        int total = outer.length() + length;
        for (int i = random.nextInt(4); i >= 0; i--) {
            int reach = random.nextBoolean() ? outer.length() : total;
            packet.put(start + random.nextInt(reach), (byte) random.nextInt());
        }
        int kept = random.nextInt(3) == 0 ? random.nextInt(total + 1) : total;
        ByteBuffer exact = packet.slice(start, kept); // reading further throws
        long found = Inner.find(exact, 0, kept, PORT);
        var frame = new Frame();
        if (Drop.isDrop(found)) {
            assertThat(Drop.of(found)).isIn((Object[]) Drop.values());
        } else {
            assertThat(Inner.headers(found) + Inner.length(found)).isLessThanOrEqualTo(kept);
            assertThat(Inner.length(found)).isGreaterThanOrEqualTo(Frame.ETHERNET);
            FlowHash.of(exact, Inner.headers(found), Inner.length(found));
            assertThat(frame.read(exact, Inner.headers(found), Inner.length(found)))
                    .isTrue();
        }
        junk(random, exact, frame);
    }

    private static void junk(Random random, ByteBuffer octets, Frame frame) {
        for (int i = 0; i < octets.limit(); i++) {
            octets.put(i, (byte) random.nextInt());
        }
        if (octets.limit() > 60) { // plausible values go further than random ones
            octets.putShort(12, (short) (random.nextBoolean() ? Frame.IPV6 : Frame.IPV4));
            octets.put(14, (byte) (random.nextBoolean() ? 0x60 : 0x45));
            octets.put(20, (byte) Frames.extension(random));
            octets.put(54, (byte) Frames.extension(random));
            octets.put(55, (byte) random.nextInt(4));
        }
        Inner.find(octets, 0, octets.limit(), PORT);
        frame.read(octets, 0, octets.limit());
        assertThat(frame.transport()).isLessThanOrEqualTo(frame.packetEnd());
        assertThat(frame.packetEnd()).isLessThanOrEqualTo(octets.limit());
        if (octets.limit() >= Frame.ETHERNET) {
            FlowHash.of(octets, 0, octets.limit());
        }
    }

    @Test
    void everyRuleHasItsReason() {
        ByteBuffer packet = ByteBuffer.allocateDirect(512);
        int length = Frames.random(new Random(1), packet, HEADROOM, 64);
        Outer outer = outer(true, 7);
        int start = outer.write(packet, HEADROOM, length, 50_000);
        int total = outer.length() + length;
        assertThat(reason(packet, start, 40, start, 0)).isEqualTo(Drop.TRUNCATED);
        assertThat(reason(packet, start, total - 1, start, packet.get(start))).isEqualTo(Drop.TRUNCATED);
        assertThat(reason(packet, start, total, start + 12, 9)).isEqualTo(Drop.NOT_UDP);
        assertThat(reason(packet, start, total, start + 23, Frame.TCP)).isEqualTo(Drop.NOT_UDP);
        assertThat(reason(packet, start, total, start + 20, 0x20)).isEqualTo(Drop.FRAGMENT);
        assertThat(reason(packet, start, total, start + 22, 63)).isEqualTo(Drop.BAD_CHECKSUM);
        assertThat(reason(packet, start, total, start + 41, 1)).isEqualTo(Drop.BAD_CHECKSUM);
        assertThat(reason(packet, start, total, start + 37, 0)).isEqualTo(Drop.FOREIGN_PORT);
        assertThat(reason(packet, start, total, start + 42, 0)).isEqualTo(Drop.BAD_FLAGS);
        assertThat(reason(packet, start, total, start + 49, 1)).isEqualTo(Drop.BAD_FLAGS);
        Outer over6 = outer(false, 7);
        start = over6.write(packet, HEADROOM, length, 50_000);
        total = over6.length() + length;
        assertThat(reason(packet, start, total, start + total - 1, packet.get(start + total - 1) + 1))
                .isEqualTo(Drop.BAD_CHECKSUM);
        packet.putShort(start + 60, (short) 0);
        assertThat(Drop.of(Inner.find(packet, start, total, PORT))).isEqualTo(Drop.BAD_CHECKSUM);
    }

    /** Returns why a packet with one octet changed is dropped; the octet is put back. */
    private static Drop reason(ByteBuffer packet, int start, int length, int at, int value) {
        byte before = packet.get(at);
        packet.put(at, (byte) value);
        long found = Inner.find(packet, start, length, PORT);
        packet.put(at, before);
        assertThat(found).as("octet %s as %s", at - start, value).isNegative();
        return Drop.of(found);
    }

    @Test
    void headersThatCannotBeAreRefused() {
        IpAddress four = IpAddress.parse("192.0.2.1");
        IpAddress six = IpAddress.parse("2001:db8::1");
        assertThatThrownBy(() -> new Outer(THERE, HERE, four, six, PORT, 7))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("two families");
        assertThatThrownBy(() -> new Outer(THERE, HERE, four, four, PORT, 1 << 24))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("16777216");
        assertThatThrownBy(() -> new Outer(THERE, HERE, four, four, 0, 1)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void theCodecAllocatesNothing() {
        ByteBuffer packet = ByteBuffer.allocateDirect(2048);
        int length = Frames.random(new Random(3), packet, HEADROOM, 1000);
        Outer four = outer(true, 7);
        Outer six = outer(false, 7);
        var frame = new Frame();
        assertThat(Allocation.perRound(() -> {
                    for (int i = 0; i < 2; i++) {
                        Outer outer = i == 0 ? four : six;
                        int start = outer.write(
                                packet, HEADROOM, length, FlowHash.port(FlowHash.of(packet, HEADROOM, length)));
                        long found = Inner.find(packet, start, outer.length() + length, PORT);
                        frame.read(packet, start + Inner.headers(found), Inner.length(found));
                    }
                }))
                .isZero();
    }
}
