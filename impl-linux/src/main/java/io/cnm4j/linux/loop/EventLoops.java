package io.cnm4j.linux.loop;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import java.util.concurrent.ThreadFactory;

/**
 * Makes event loops on epoll. A loop of Netty 4.2 that is shut down just when it is about to sleep ends without having closed its
 * channels: their descriptors would stay, and whoever is at the other end would wait for ever.
 */
public final class EventLoops {
    private EventLoops() {}

    /** Returns loops, one a thread; no thread is started before it has something to do. */
    public static IoEventLoopGroup of(int threads, ThreadFactory factory) {
        IoHandlerFactory epoll = EpollIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(
                threads, factory, executor -> new ClosingAll(epoll.newHandler(executor)));
    }

    /** What a loop waits with, that closes all channels in any case. */
    private record ClosingAll(IoHandler epoll) implements IoHandler {
        @Override
        public void initialize() {
            epoll.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return epoll.run(context);
        }

        @Override
        public void prepareToDestroy() {
            epoll.prepareToDestroy();
        }

        @Override
        public void destroy() {
            epoll.prepareToDestroy();
            epoll.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return epoll.register(handle);
        }

        @Override
        public void wakeup() {
            epoll.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handle) {
            return epoll.isCompatible(handle);
        }
    }
}
