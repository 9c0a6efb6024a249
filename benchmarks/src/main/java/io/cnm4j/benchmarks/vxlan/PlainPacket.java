package io.cnm4j.benchmarks.vxlan;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;

/** The plain way: a record for each header, each encoded into a buffer of its own, and a composite of them. */
final class PlainPacket {
    private record Ethernet(long to, long from, int type) {
        ByteBuf encode(ByteBuf into) {
            return into.writeShort((int) (to >>> 32))
                    .writeInt((int) to)
                    .writeShort((int) (from >>> 32))
                    .writeInt((int) from)
                    .writeShort(type);
        }

        static Ethernet decode(ByteBuf from) {
            return new Ethernet(
                    (long) from.readUnsignedShort() << 32 | from.readUnsignedInt(),
                    (long) from.readUnsignedShort() << 32 | from.readUnsignedInt(),
                    from.readUnsignedShort());
        }
    }

    private record Ipv4(int total, int protocol, int source, int destination) {
        ByteBuf encode(ByteBuf into) {
            int start = into.writerIndex();
            into.writeShort(0x4500)
                    .writeShort(total)
                    .writeInt(0x4000)
                    .writeByte(64)
                    .writeByte(protocol)
                    .writeShort(0);
            into.writeInt(source).writeInt(destination);
            return into.setShort(start + 10, ~sum(into, start) & 0xffff);
        }

        static Ipv4 decode(ByteBuf from) {
            if (sum(from, from.readerIndex()) != 0xffff) {
                throw new IllegalArgumentException("the checksum is wrong");
            }
            from.skipBytes(2);
            int total = from.readUnsignedShort();
            from.skipBytes(5);
            int protocol = from.readUnsignedByte();
            from.skipBytes(2);
            return new Ipv4(total, protocol, from.readInt(), from.readInt());
        }

        private static int sum(ByteBuf octets, int at) {
            int sum = 0;
            for (int i = 0; i < 20; i += 2) {
                sum += octets.getUnsignedShort(at + i);
            }
            sum = (sum & 0xffff) + (sum >>> 16);
            return (sum & 0xffff) + (sum >>> 16);
        }
    }

    private record Udp(int source, int destination, int length) {
        ByteBuf encode(ByteBuf into) {
            return into.writeShort(source)
                    .writeShort(destination)
                    .writeShort(length)
                    .writeShort(0);
        }

        static Udp decode(ByteBuf from) {
            var udp = new Udp(from.readUnsignedShort(), from.readUnsignedShort(), from.readUnsignedShort());
            from.skipBytes(2);
            return udp;
        }
    }

    private record Vxlan(int vni) {
        ByteBuf encode(ByteBuf into) {
            return into.writeInt(0x0800_0000).writeInt(vni << 8);
        }

        static Vxlan decode(ByteBuf from) {
            if (from.readInt() != 0x0800_0000) {
                throw new IllegalArgumentException("the flags are wrong");
            }
            return new Vxlan(from.readInt() >>> 8);
        }
    }

    private final ByteBuf[] frames = new ByteBuf[Batch.COUNT];
    private final int length;

    PlainPacket(Batch batch) {
        length = batch.lengths[0];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = Unpooled.wrappedBuffer(batch.octets.slice(batch.frames[i], length));
        }
    }

    long thereAndBack(int i) {
        ByteBuf header = UnpooledByteBufAllocator.DEFAULT.heapBuffer(50);
        new Ethernet(Batch.THERE.bits(), Batch.HERE.bits(), 0x0800).encode(header);
        new Ipv4(length + 36, 17, 0xc000_0201, 0xc000_0202).encode(header);
        new Udp(49_152 + (frames[i].hashCode() & 0x3fff), 4789, length + 16).encode(header);
        new Vxlan(42).encode(header);
        CompositeByteBuf packet = UnpooledByteBufAllocator.DEFAULT.compositeBuffer(2);
        packet.addComponents(true, header, frames[i].retainedDuplicate());
        Ethernet ethernet = Ethernet.decode(packet);
        Ipv4 ip = Ipv4.decode(packet);
        Udp udp = Udp.decode(packet);
        Vxlan vxlan = Vxlan.decode(packet);
        ByteBuf inner = packet.readRetainedSlice(udp.length() - 16);
        long result = ethernet.type() + ip.total() + (long) vxlan.vni() + inner.readableBytes();
        inner.release();
        packet.release();
        return result;
    }
}
