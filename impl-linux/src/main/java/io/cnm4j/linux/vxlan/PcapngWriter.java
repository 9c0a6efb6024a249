package io.cnm4j.linux.vxlan;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A capture in the pcapng form (draft-ietf-opsawg-pcapng), of one interface of Ethernet frames, in nanoseconds.
 *
 * <pre>
 *  0      4        8        12         16       20         24       28
 * | type | length | fields, options ...            | length |             every block
 * |  6   | length | interf. | time high | low      | kept   | length | frame, padded | options | length |
 * </pre>
 */
final class PcapngWriter {
    private static final int SECTION = 0x0a0d0d0a;
    private static final int INTERFACE = 1;
    private static final int STATISTICS = 5;
    private static final int PACKET = 6;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final int ETHERNET = 1;
    private static final int SPACE = (1 << 16) + 1024;

    private final OutputStream out;
    private final ByteBuffer block = ByteBuffer.allocate(SPACE);

    /**
     * Begins a capture.
     *
     * @param out where it goes; the caller's
     * @param name of the interface
     * @param description of it
     */
    PcapngWriter(OutputStream out, String name, String description) throws IOException {
        this.out = out;
        begin(SECTION)
                .putInt(BYTE_ORDER)
                .putShort((short) 1)
                .putShort((short) 0)
                .putLong(-1);
        end();
        begin(INTERFACE).putShort((short) ETHERNET).putShort((short) 0).putInt(0);
        option(2, name.getBytes(StandardCharsets.UTF_8));
        option(3, Arrays.copyOf(description.getBytes(StandardCharsets.UTF_8), Math.min(500, description.length())));
        option(9, new byte[] {9}); // nanoseconds
        block.putInt(0);
        end();
    }

    /** Writes a frame: at most 65,535 octets. */
    void frame(long nanos, boolean inward, ByteBuffer frames, int offset, int length) throws IOException {
        begin(PACKET)
                .putInt(0)
                .putInt((int) (nanos >>> 32))
                .putInt((int) nanos)
                .putInt(length)
                .putInt(length);
        block.put(block.position(), frames, offset, length);
        block.position(block.position() + length);
        pad();
        block.putShort((short) 2).putShort((short) 4).putInt(inward ? 1 : 2); // direction
        block.putInt(0);
        end();
    }

    /** Ends the capture with what was lost. */
    void statistics(long nanos, long received, long lost) throws IOException {
        begin(STATISTICS).putInt(0).putInt((int) (nanos >>> 32)).putInt((int) nanos);
        option(4, ByteBuffer.allocate(8).putLong(received).array());
        option(5, ByteBuffer.allocate(8).putLong(lost).array());
        block.putInt(0);
        end();
    }

    void flush() throws IOException {
        out.flush();
    }

    private ByteBuffer begin(int type) {
        return block.clear().putInt(type).putInt(0);
    }

    private void option(int code, byte[] value) {
        block.putShort((short) code).putShort((short) value.length).put(value);
        pad();
    }

    private void pad() {
        while (block.position() % 4 != 0) {
            block.put((byte) 0);
        }
    }

    private void end() throws IOException {
        int length = block.position() + 4;
        block.putInt(length).putInt(4, length);
        out.write(block.array(), 0, length);
    }
}
