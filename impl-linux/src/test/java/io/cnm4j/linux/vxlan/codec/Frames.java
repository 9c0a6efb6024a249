package io.cnm4j.linux.vxlan.codec;

import java.nio.ByteBuffer;
import java.util.Random;

/** Frames that test code makes up, each sound. */
public final class Frames {
    private static final int[] EXTENSIONS = {0, 43, 60};

    private Frames() {}

    /** Writes a sound frame of a random kind and returns its octets: at most 200 more than the payload. */
    public static int random(Random random, ByteBuffer into, int at, int payload) {
        int start = at;
        into.putLong(at, random.nextLong() & 0xfeff_ffff_ffff_ffffL);
        into.putInt(at + 8, random.nextInt());
        at += 12;
        for (int tags = random.nextInt(8) - 5; tags > 0; tags--) {
            into.putInt(at, 0x8100_0000 | random.nextInt(0x10000));
            at += 4;
        }
        boolean ipv4 = random.nextBoolean();
        int[] kinds = {Frame.TCP, Frame.UDP, Frame.UDP};
        int protocol = kinds[random.nextInt(3)];
        int header = protocol == Frame.TCP ? 20 + 4 * random.nextInt(4) : 8;
        into.putShort(at, (short) (ipv4 ? Frame.IPV4 : Frame.IPV6));
        int ip = at + 2;
        int transport = ipv4
                ? ipv4(random, into, ip, protocol, header + payload)
                : ipv6(random, into, ip, protocol, header + payload);
        for (int i = 0; i < header + payload; i++) {
            boolean quiet = i < header + 16; // no dissector should take it for something
            into.put(transport + i, (byte) (quiet ? 0 : random.nextInt()));
        }
        int version = ipv4 ? 4 : 6;
        if (protocol == Frame.TCP) {
            tcp(into, transport, header);
        } else {
            into.putShort(transport, (short) 40_000); // no port that a dissector knows
            into.putShort(transport + 2, (short) 40_001);
            into.putShort(transport + 4, (short) (header + payload));
        }
        int field = transport + (protocol == Frame.TCP ? 16 : 6);
        into.putShort(field, (short) 0);
        long sum = Checksum.pseudo(into, ip, version, protocol, header + payload)
                + Checksum.sum(into, transport, header + payload);
        into.putShort(field, (short) (protocol == Frame.TCP ? Checksum.of(sum) : Checksum.ofUdp(sum)));
        return transport + header + payload - start;
    }

    private static int ipv4(Random random, ByteBuffer into, int ip, int protocol, int rest) {
        into.putInt(ip, 0x4500_0000 | (20 + rest));
        into.putInt(ip + 4, (random.nextInt(0x10000) << 16) | 0x4000);
        into.putInt(ip + 8, (64 << 24) | (protocol << 16));
        into.putInt(ip + 12, 0x0a00_0000 | random.nextInt(0xffff));
        into.putInt(ip + 16, 0x0a00_0000 | random.nextInt(0xffff));
        into.putShort(ip + 10, (short) Checksum.of(Checksum.sum(into, ip, 20)));
        return ip + 20;
    }

    private static int ipv6(Random random, ByteBuffer into, int ip, int protocol, int rest) {
        int extensions = random.nextInt(4) == 0 ? 1 : 0;
        into.putInt(ip, 0x6000_0000);
        into.putInt(ip + 4, ((rest + 8 * extensions) << 16) | 64);
        for (int i = 8; i < 40; i += 8) {
            into.putLong(ip + i, i % 16 == 8 ? 0xfd00_0000_0000_0000L : random.nextLong());
        }
        into.put(ip + 6, (byte) protocol);
        if (extensions > 0) {
            into.put(ip + 6, (byte) 60);
            into.putLong(ip + 40, ((long) protocol << 56) | 0x0000_0104_0000_0000L); // PadN
        }
        return ip + 40 + 8 * extensions;
    }

    private static void tcp(ByteBuffer into, int transport, int header) {
        into.putShort(transport, (short) 40_000);
        into.putShort(transport + 2, (short) 40_001);
        into.putShort(transport + 12, (short) (((header / 4) << 12) | 0x18)); // PSH, ACK
        into.putShort(transport + 18, (short) 0);
        for (int i = 20; i < header; i++) {
            into.put(transport + i, (byte) 1); // NOP
        }
    }

    /** Returns an IPv6 extension header type. */
    public static int extension(Random random) {
        return EXTENSIONS[random.nextInt(EXTENSIONS.length)];
    }
}
