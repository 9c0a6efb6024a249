package io.cnm4j.benchmarks.vxlan;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.MacAddress;
import io.cnm4j.linux.vxlan.codec.Frame;
import io.cnm4j.linux.vxlan.codec.Outer;
import io.cnm4j.linux.vxlan.codec.VxlanHeader;
import java.nio.ByteBuffer;

/** Sixty-four UDP frames over IPv4 in memory that lies as in the C program, and headers for them. */
final class Batch {
    static final int COUNT = 64;
    static final int STRIDE = 10_240;
    static final int HEADROOM = 128;

    static final MacAddress HERE = MacAddress.parse("02:00:00:00:00:01");
    static final MacAddress THERE = MacAddress.parse("02:00:00:00:00:02");

    final ByteBuffer octets = ByteBuffer.allocateDirect(COUNT * STRIDE);
    final int[] frames = new int[COUNT];
    final int[] lengths = new int[COUNT];
    final int[] packets = new int[COUNT];
    final int[] packetLengths = new int[COUNT];
    final long[] found = new long[COUNT];
    final Outer outer;

    Batch(int size, boolean ipv4) {
        outer = new Outer(
                THERE,
                HERE,
                IpAddress.parse(ipv4 ? "192.0.2.1" : "2001:db8::1"),
                IpAddress.parse(ipv4 ? "192.0.2.2" : "2001:db8::2"),
                VxlanHeader.PORT,
                42);
        for (int i = 0; i < COUNT; i++) {
            int frame = i * STRIDE + HEADROOM;
            for (int j = 0; j < size; j++) {
                octets.put(frame + j, (byte) (j * 7 + i));
            }
            octets.putShort(frame + 12, (short) Frame.IPV4);
            octets.put(frame + 14, (byte) 0x45).putShort(frame + 20, (short) 0x4000);
            octets.put(frame + 23, (byte) Frame.UDP);
            frames[i] = frame;
            lengths[i] = size;
            packets[i] = frame - outer.length();
            packetLengths[i] = size + outer.length();
        }
        outer.writeAll(octets, frames, lengths, COUNT);
    }
}
