package io.cnm4j.linux.netlink;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the kernel answered to one message.
 *
 * @param errno its error number, 0 if it agreed
 * @param says its own sentence, empty if it gave none
 * @param offset where in the message it points, 0 if nowhere
 * @param data payloads of the messages it sent back, header stripped
 */
public record Reply(int errno, String says, int offset, List<ByteBuffer> data) {
    /** Tells whether the kernel agreed. */
    public boolean ok() {
        return errno == 0;
    }
}
