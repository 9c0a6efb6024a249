package io.cnm4j.linux.process;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.linux.libc.Spawn;
import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The three streams of a process that is about to start: the child's descriptors and our ends of the pipes. */
final class Streams implements AutoCloseable {
    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    private static final int O_CREAT = 0x40;
    private static final int O_TRUNC = 0x200;
    private static final int O_APPEND = 0x400;
    private static final int O_CLOEXEC = 0x80000;
    private static final int NONE = -1;

    /** What the child gets as 0, 1 and 2; -1 for what it shares with this process. */
    final int[] child = {NONE, NONE, NONE};

    /** Whether the child's 2 is its 1. */
    final boolean errorToOutput;

    private final List<AutoCloseable> ours = new ArrayList<>();
    private @Nullable FileOutputStream pipeToChild;
    private OutputStream toChild = closedOutput();
    private PipeInput fromChild = PipeInput.empty();
    private PipeInput errorFromChild = PipeInput.empty();

    private Streams(boolean errorToOutput) {
        this.errorToOutput = errorToOutput;
    }

    /** Opens what the builder asks for. */
    static Streams open(ProcessBuilder builder) throws IOException {
        var streams = new Streams(builder.redirectErrorStream());
        try {
            streams.input(builder.redirectInput());
            streams.fromChild = streams.output(1, builder.redirectOutput());
            if (!streams.errorToOutput) {
                streams.errorFromChild = streams.output(2, builder.redirectError());
            }
            return streams;
        } catch (IOException | RuntimeException | Error failure) {
            streams.abandon(failure);
            throw failure;
        }
    }

    OutputStream toChild() {
        return toChild;
    }

    PipeInput fromChild() {
        return fromChild;
    }

    PipeInput errorFromChild() {
        return errorFromChild;
    }

    private void input(Redirect redirect) throws IOException {
        switch (redirect.type()) {
            case PIPE -> {
                int ourEnd = pipe(0, 1);
                try {
                    var stream = new FileOutputStream("/proc/self/fd/" + ourEnd);
                    ours.add(stream);
                    pipeToChild = stream;
                    toChild = new BufferedOutputStream(stream);
                } finally {
                    CALLS.close(ourEnd);
                }
            }
            case INHERIT -> {}
            default -> child[0] = openFile(redirect.file(), O_RDONLY);
        }
    }

    private PipeInput output(int number, Redirect redirect) throws IOException {
        switch (redirect.type()) {
            case PIPE -> {
                int ourEnd = pipe(number, 0);
                try {
                    var stream = new FileInputStream("/proc/self/fd/" + ourEnd);
                    ours.add(stream);
                    return new PipeInput(stream);
                } finally {
                    CALLS.close(ourEnd);
                }
            }
            case APPEND -> child[number] = openFile(redirect.file(), O_WRONLY | O_CREAT | O_APPEND);
            case WRITE -> child[number] = openFile(redirect.file(), O_WRONLY | O_CREAT | O_TRUNC);
            default -> {}
        }
        return PipeInput.empty();
    }

    /** Makes a pipe, gives the child its end, and returns our end: 0 to read, 1 to write. */
    private int pipe(int number, int ourEnd) throws IOException {
        Pointer page = Scratch.page();
        if (CALLS.pipe2(page.address(), O_CLOEXEC) != 0) {
            throw new IOException("pipe: " + Spawn.CALLS.strerror(LibC.errno()));
        }
        child[number] = page.getInt(4L * (1 - ourEnd));
        return page.getInt(4L * ourEnd);
    }

    private static int openFile(@Nullable File file, int flags) throws IOException {
        String path = String.valueOf(file);
        int fd = CALLS.open(path, flags | O_CLOEXEC, 0666);
        if (fd < 0) {
            throw new FileNotFoundException(path + " (" + Spawn.CALLS.strerror(LibC.errno()) + ")");
        }
        return fd;
    }

    /** Closes the child's ends; ours stay open. */
    @Override
    public void close() {
        for (int i = 0; i < child.length; i++) {
            if (child[i] != NONE) {
                CALLS.close(child[i]);
                child[i] = NONE;
            }
        }
    }

    /** Called when the process has ended: our ends are closed, what is left to read is kept. */
    void processEnded() throws IOException {
        fromChild.processEnded();
        errorFromChild.processEnded();
        if (pipeToChild != null) {
            pipeToChild.close();
        }
    }

    /** Closes everything, because of {@code failure}. */
    void abandon(Throwable failure) {
        close();
        for (AutoCloseable stream : ours) {
            try {
                stream.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static OutputStream closedOutput() {
        return new OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("the process' standard input is not a pipe");
            }
        };
    }
}
