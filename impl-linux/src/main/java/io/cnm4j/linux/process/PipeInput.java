package io.cnm4j.linux.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Our end of a pipe from a process. When the process has ended, what is left in the pipe moves to memory and the pipe is closed. */
final class PipeInput extends BufferedInputStream {
    private final Object closing = new Object();

    PipeInput(InputStream pipe) {
        super(pipe);
    }

    /** Returns one that has nothing to read. */
    static PipeInput empty() {
        return new PipeInput(InputStream.nullInputStream());
    }

    /** Called once, when the process has ended. What goes wrong is for the reader to see. */
    void processEnded() {
        synchronized (closing) {
            InputStream pipe = in;
            if (pipe != null) { // null once the user closed this stream
                in = drained(pipe);
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

    @Override
    public void close() throws IOException {
        synchronized (closing) {
            super.close();
        }
    }
}
