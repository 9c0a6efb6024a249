package io.cnm4j.kvstore.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** An answer that comes line by line, for as long as the server has something to say. Thread-safe; one thread reads. */
public final class Lines implements AutoCloseable {
    private static final int MOST_WAITING = 64; // lines; then the server waits

    private final Receiver<Lines> receiver = new Splitter();
    private final Queue<String> waiting = new ArrayDeque<>(); // guarded by this
    private boolean over; // guarded by this
    private @Nullable IOException why; // guarded by this
    private volatile int status;

    Lines() {}

    Receiver<Lines> receiver() {
        return receiver;
    }

    /** Returns the status of HTTP. */
    public int status() {
        return status;
    }

    /**
     * Waits for the next line and returns it; null if there are no more, or somebody closed this.
     *
     * @throws IOException if the connection broke, or a line is too long
     */
    public synchronized @Nullable String next() throws IOException {
        boolean interrupted = false;
        while (waiting.isEmpty() && !over) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
                over = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        String line = waiting.poll();
        IOException broken = why;
        if (line == null && broken != null) {
            throw new IOException(broken.toString(), broken);
        }
        if (waiting.size() == MOST_WAITING / 2) {
            receiver.read(true);
        }
        return line;
    }

    private synchronized void add(String line) {
        waiting.add(line);
        if (waiting.size() == MOST_WAITING) {
            receiver.read(false);
        }
        notifyAll();
    }

    private synchronized void ended(@Nullable IOException reason) {
        if (!over) {
            over = true;
            why = reason;
            notifyAll();
        }
    }

    /** Breaks off; whoever waits for a line gets none. Idempotent. */
    @Override
    public void close() {
        ended(null);
        receiver.hangUp();
    }

    /** Makes lines of octets. */
    private final class Splitter extends Receiver<Lines> {
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        @Override
        void head(int statusOfHttp, HttpHeaders headers) {
            status = statusOfHttp;
            answer.complete(Lines.this);
        }

        @Override
        void piece(ByteBuf octets) throws IOException {
            while (octets.isReadable()) {
                int length = octets.bytesBefore((byte) '\n');
                int taken = length < 0 ? octets.readableBytes() : length;
                if (taken > MOST_OCTETS - line.size()) {
                    throw tooLong();
                }
                octets.readBytes(line, taken);
                if (length >= 0) {
                    octets.skipBytes(1);
                    flush();
                }
            }
        }

        private void flush() {
            add(line.toString(UTF_8));
            line.reset();
        }

        @Override
        void end() {
            if (line.size() > 0) {
                flush();
            }
            ended(null);
        }

        @Override
        void failed(IOException reason) {
            super.failed(reason);
            ended(reason);
        }
    }
}
