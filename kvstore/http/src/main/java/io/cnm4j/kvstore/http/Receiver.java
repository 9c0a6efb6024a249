package io.cnm4j.kvstore.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer of one call. Whoever fails the future, by time or since nobody wants it any more, ends the connection with it. What it is
 * told is told by the thread of {@link Connections}.
 */
abstract class Receiver<T> {
    static final int MOST_OCTETS = 256 << 20; // a server that sends more is not what it should be

    final CompletableFuture<T> answer = new CompletableFuture<>();
    private volatile @Nullable Connection connection;

    /** Takes where the answer will come from. */
    final void comesFrom(Connection made) {
        connection = made;
    }

    /** Ends the connection, if there is one by now and it is not another call's again. */
    final void hangUp() {
        Connection made = connection;
        if (made != null) {
            made.leave(this);
        }
    }

    /** Stops or goes on reading; while the answer comes. */
    final void read(boolean more) {
        Connection made = connection;
        if (made != null) {
            made.read(more);
        }
    }

    /** Takes what comes before the body. */
    abstract void head(int status, HttpHeaders headers);

    /**
     * Takes the next octets of the body.
     *
     * @throws IOException if they are too many
     */
    abstract void piece(ByteBuf octets) throws IOException;

    /** Learns that there is no more. */
    abstract void end();

    /** Learns that there is no more, and why. */
    void failed(IOException why) {
        answer.completeExceptionally(why);
    }

    static IOException tooLong() {
        return new IOException("the server sends more than " + MOST_OCTETS + " octets");
    }
}
