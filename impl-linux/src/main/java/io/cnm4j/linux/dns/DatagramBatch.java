package io.cnm4j.linux.dns;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.NativeMemory;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that come in one recvmmsg(2) and leave in one sendmmsg(2). All sandboxes of a loop use the same in turn.
 *
 * <pre>
 * struct mmsghdr 0     8        16   24      32      40          48     56
 *               | name | length | iov | count | control | length | flags | octets |
 * </pre>
 */
final class DatagramBatch {
    /** How many there can be. */
    static final int MOST = 64;

    private static final int LONGEST_QUESTION = 1536;
    private static final int LONGEST_ANSWER = 4096;
    private static final int MESSAGE = 64;
    private static final int VECTOR = 16;
    private static final int NAME = 16; // sockaddr_in
    private static final int FLAGS = 48;
    private static final int OCTETS = 56;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;

    private final Side questions = new Side(LONGEST_QUESTION);
    private final Side answers = new Side(LONGEST_ANSWER);
    private int received = MOST;
    private int waiting;
    private int socket = -1; // of the answers that wait

    /** Memory for messages of one direction. */
    private static final class Side {
        final NativeMemory messages = NativeMemory.structures(MOST * MESSAGE);
        final NativeMemory vectors = NativeMemory.structures(MOST * VECTOR);
        final NativeMemory names = NativeMemory.structures(MOST * NAME);
        final NativeMemory octets;

        Side(int longest) {
            this.octets = NativeMemory.structures(MOST * longest);
            for (int i = 0; i < MOST; i++) {
                vectors.octets()
                        .putLong(i * VECTOR, octets.address() + (long) i * longest)
                        .putLong(i * VECTOR + 8, longest);
                messages.octets()
                        .putLong(i * MESSAGE, names.address() + (long) i * NAME)
                        .putInt(i * MESSAGE + 8, NAME)
                        .putLong(i * MESSAGE + 16, vectors.address() + (long) i * VECTOR)
                        .putLong(i * MESSAGE + 24, 1);
            }
        }
    }

    /** Takes what has come to a socket, and returns how many datagrams that is. */
    int receive(int from) {
        for (int i = 0; i < received; i++) { // the kernel wrote the lengths of what came last
            questions.messages.octets().putInt(i * MESSAGE + 8, NAME);
        }
        received = Math.max(0, CALLS.recvmmsg(from, questions.messages.address(), MOST, MSG_DONTWAIT, 0));
        return received;
    }

    /** Returns the octets of a datagram that came; null if it was longer than any question. */
    byte @Nullable [] question(int index) {
        ByteBuffer message = questions.messages.octets();
        if ((message.getInt(index * MESSAGE + FLAGS) & MSG_TRUNC) != 0) {
            return null;
        }
        var octets = new byte[message.getInt(index * MESSAGE + OCTETS)];
        questions.octets.octets().get(index * LONGEST_QUESTION, octets);
        return octets;
    }

    /** Returns the first eight octets of the sockaddr_in of who sent it: all that counts. */
    long client(int index) {
        return questions.names.octets().getLong(index * NAME);
    }

    /** Adds an answer; it leaves with the next {@link #flush}. One that is too long for a datagram is left out. */
    void add(int to, byte[] answer, long client) {
        if (answer.length > LONGEST_ANSWER) {
            return;
        }
        if (to != socket || waiting == MOST) {
            flush();
            socket = to;
        }
        answers.octets.octets().put(waiting * LONGEST_ANSWER, answer);
        answers.vectors.octets().putLong(waiting * VECTOR + 8, answer.length);
        answers.names.octets().putLong(waiting * NAME, client);
        waiting++;
    }

    /** Sends what waits. What the kernel does not take, for a client that is gone or a socket that is full, is lost like any datagram. */
    void flush() {
        for (int sent = 0; sent < waiting; ) {
            long first = answers.messages.address() + (long) sent * MESSAGE;
            int now = CALLS.sendmmsg(socket, first, waiting - sent, MSG_DONTWAIT);
            if (now > 0) {
                sent += now;
            } else if (LibC.errno() != Errno.EINTR) {
                sent++;
            }
        }
        waiting = 0;
        socket = -1;
    }
}
