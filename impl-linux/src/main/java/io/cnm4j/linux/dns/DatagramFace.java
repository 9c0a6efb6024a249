package io.cnm4j.linux.dns;

import io.cnm4j.linux.dns.codec.Question;
import io.cnm4j.linux.dns.codec.Replies;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A sandbox' UDP socket: what came together is answered together, without a channel's cost for each. On its loop. */
final class DatagramFace implements EpollIoHandle {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramFace.class);
    private static final int ROUNDS = 8; // before others have their turn

    private final FileDescriptor socket;
    private final SandboxServer server;
    private final DatagramBatch batch;
    private @Nullable IoRegistration registration;
    private boolean reading;

    /**
     * @param socket does not wait; closed with this
     * @param batch memory of the loop
     */
    DatagramFace(FileDescriptor socket, SandboxServer server, DatagramBatch batch) {
        this.socket = socket;
        this.server = server;
        this.batch = batch;
    }

    /** Begins to read. */
    void begin(IoRegistration registered) {
        registration = registered;
        registered.submit(EpollIoOps.EPOLLIN);
    }

    /** Reads no more, and closes the socket. */
    void end() {
        if (registration != null) {
            registration.cancel();
        }
        close();
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void handle(IoRegistration registered, IoEvent event) {
        int count = DatagramBatch.MOST;
        for (int round = 0; round < ROUNDS && count > 0; round++) {
            count = batch.receive(socket.intValue());
            reading = true;
            try {
                for (int i = 0; i < count; i++) {
                    answer(batch.question(i), batch.client(i));
                }
            } finally {
                reading = false;
                batch.flush();
            }
        }
    }

    private void answer(byte @Nullable [] message, long client) {
        Question question = message == null ? null : Question.read(message);
        if (question != null) {
            int size = Math.min(question.udpSize(), Replies.UDP_SIZE);
            server.ask(question, size, false, (answer, source) -> send(answer, client));
        }
    }

    private void send(byte[] answer, long client) {
        if (socket.isOpen()) { // an upstream may answer when the sandbox is gone
            batch.add(socket.intValue(), answer, client);
            if (!reading) {
                batch.flush();
            }
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.warn("a name server's socket", e);
        }
    }
}
