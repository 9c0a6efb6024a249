package io.cnm4j.examples.localdrivers;

import io.cnm4j.api.Sandbox;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** A socket in each of many sandboxes, and who has heard of whom: a datagram from each to each, in rounds. */
final class Crowd implements AutoCloseable {
    private static final int PORT = 9_000;
    private static final int TRIES = 5;
    private static final long PATIENCE_NANOS = 200_000_000;

    private final List<DatagramChannel> sockets = new ArrayList<>();
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4);
    private long again;

    /**
     * Opens the sockets.
     *
     * @param addresses of the sandboxes, in their order
     */
    Crowd(List<Sandbox> sandboxes, List<String> addresses) throws Exception {
        for (int i = 0; i < sandboxes.size(); i++) {
            var address = new InetSocketAddress(addresses.get(i), PORT);
            this.addresses.add(address);
            sockets.add(sandboxes.get(i).call(() -> bound(address)));
        }
    }

    private static DatagramChannel bound(InetSocketAddress address) throws IOException {
        DatagramChannel socket = DatagramChannel.open();
        socket.bind(address);
        socket.configureBlocking(false);
        return socket;
    }

    /** Returns how many datagrams were sent more than once, because the first was lost. */
    long again() {
        return again;
    }

    /** Lets everybody send to the one that is so many places further on; returns how many were heard. */
    int round(int further) throws IOException {
        int count = sockets.size();
        return round(count, i -> (i + further) % count);
    }

    private int round(int count, IntUnaryOperator to) throws IOException {
        var heard = new BitSet(count); // by sender
        for (int attempt = 0; attempt < TRIES && heard.cardinality() < count; attempt++) {
            for (int from = heard.nextClearBit(0); from < count; from = heard.nextClearBit(from + 1)) {
                buffer.clear().putInt(from).flip();
                sockets.get(from).send(buffer, addresses.get(to.applyAsInt(from)));
                again += attempt == 0 ? 0 : 1;
            }
            long end = System.nanoTime() + PATIENCE_NANOS;
            do {
                for (int from = heard.nextClearBit(0); from < count; from = heard.nextClearBit(from + 1)) {
                    hear(sockets.get(to.applyAsInt(from)), heard, to);
                }
            } while (heard.cardinality() < count && System.nanoTime() < end);
        }
        return heard.cardinality();
    }

    /** Reads all that is there; what comes from somebody else than it should, or for somebody else, counts for nothing. */
    private void hear(DatagramChannel socket, BitSet heard, IntUnaryOperator to) throws IOException {
        buffer.clear();
        for (var source = socket.receive(buffer); source != null; source = socket.receive(buffer.clear())) {
            int from = buffer.flip().getInt();
            if (addresses.get(from).equals(source) && sockets.get(to.applyAsInt(from)) == socket) {
                heard.set(from);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (DatagramChannel socket : sockets) {
            socket.close();
        }
    }
}
