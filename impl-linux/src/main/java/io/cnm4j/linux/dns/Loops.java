package io.cnm4j.linux.dns;

import io.cnm4j.api.error.ClosedException;
import io.cnm4j.linux.loop.EventLoops;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of a controller's name servers. Made on a thread that is at home in the host namespace: a thread belongs to the
 * namespace of the one that started it.
 */
final class Loops implements AutoCloseable {
    private static final int MOST = 4;
    private static final long CLOSE_SECONDS = 10;

    private final IoEventLoopGroup group;
    private final List<Forwarder> forwarders = new ArrayList<>();
    private final Opener opener;
    private int next;

    Loops(NamespaceWorkers workers, Witness witness) {
        opener = new Opener(workers);
        DefaultChannelId.newInstance(); // it looks at the interfaces here
        int threads = Math.min(MOST, Runtime.getRuntime().availableProcessors());
        group = EventLoops.of(threads, new DefaultThreadFactory("cnm4j-names", true));
        for (int i = 0; i < threads; i++) {
            IoEventLoop loop = group.next();
            loop.submit(() -> {}).syncUninterruptibly(); // it is born here and now
            forwarders.add(new Forwarder(loop, opener, witness));
        }
    }

    /** Returns the next loop's in turn. */
    synchronized Forwarder next() {
        next = (next + 1) % forwarders.size();
        return forwarders.get(next);
    }

    @Override
    public void close() {
        opener.close();
        Future<?> ended = group.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
        if (!ended.awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS)) {
            throw new ClosedException("the loops of the name servers did not end in " + CLOSE_SECONDS
                    + " s; a thread dump tells what holds them");
        }
    }
}
