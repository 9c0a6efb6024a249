package io.cnm4j.linux.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;

/** Our end of a pipe from a process. When the process has ended, what is left in the pipe moves to memory and the pipe is closed. */
final class PipeInput extends BufferedInputStream {
    private final Source source;

    PipeInput(InputStream pipe) {
        this(new Source(pipe));
    }

    private PipeInput(Source source) {
        super(source);
        this.source = source;
    }

    /** Returns one that has nothing to read. */
    static PipeInput empty() {
        return new PipeInput(InputStream.nullInputStream());
    }

    /** Called once, when the process has ended; does not wait for a reader. What goes wrong is for the reader to see. */
    void processEnded() {
        source.processEnded = true;
        source.keepRest();
    }

    /** The pipe, and later what was left in it. A reader and the end of the process never both take from the pipe. */
    private static final class Source extends InputStream {
        private final ReentrantLock reading = new ReentrantLock();
        private final Object closing = new Object();
        private final InputStream pipe;
        private volatile InputStream from;
        private volatile boolean processEnded;
        private boolean closed; // guarded by closing

        Source(InputStream pipe) {
            this.pipe = pipe;
            this.from = pipe;
        }

        /** Moves what is left to memory, unless a reader is at the pipe: then that one does it, when it is back. */
        private void keepRest() {
            if (!processEnded || !reading.tryLock()) {
                return;
            }
            try {
                synchronized (closing) {
                    if (from == pipe && !closed) {
                        from = drained(pipe);
                    }
                }
            } finally {
                reading.unlock();
            }
        }

        @Override
        public int read(byte[] octets, int offset, int length) throws IOException {
            reading.lock();
            try {
                return from.read(octets, offset, length);
            } finally {
                reading.unlock();
                keepRest();
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int available() throws IOException {
            synchronized (closing) {
                return from.available();
            }
        }

        @Override
        public void close() throws IOException {
            synchronized (closing) {
                closed = true;
                from.close();
            }
        }
    }

    private static InputStream drained(InputStream pipe) {
        try (pipe) {
            return new ByteArrayInputStream(rest(pipe));
        } catch (IOException e) {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    throw e;
                }

                @Override
                public int read(byte[] octets, int from, int length) throws IOException {
                    throw e;
                }
            };
        }
    }

    private static byte[] rest(InputStream pipe) throws IOException {
        var rest = new ByteArrayOutputStream();
        byte[] octets = new byte[8192];
        while (pipe.available() > 0) {
            rest.write(octets, 0, Math.max(0, pipe.read(octets)));
        }
        return rest.toByteArray();
    }
}
