package io.cnm4j.linux.watch;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.ControllerId;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Notice;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that follows link, address, parameter and nftables notices of the host namespace. Closing it ends the thread. */
public final class HostWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(HostWatch.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<Integer> ROUTE_GROUPS =
            List.of(1, 5, 9, 24, 25); // RTNLGRP_ link, addresses, parameters of 4 and 6
    private static final List<Integer> NFTABLES_GROUP = List.of(7); // NFNLGRP_NFTABLES
    private static final int O_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;
    private static final int POLLFD_SIZE = 8;

    private final NetlinkSocket route;
    private final NetlinkSocket netfilter;
    private final int wakeRead;
    private final int wakeWrite;
    private final NoticeFilter filter;
    private final Runnable changed;
    private final Thread thread;
    private volatile boolean closed;

    private HostWatch(
            NetlinkSocket route,
            NetlinkSocket netfilter,
            int[] wake,
            NoticeFilter filter,
            Runnable changed,
            String name) {
        this.route = route;
        this.netfilter = netfilter;
        this.wakeRead = wake[0];
        this.wakeWrite = wake[1];
        this.filter = filter;
        this.changed = changed;
        this.thread = new Thread(this::follow, name);
        thread.setDaemon(true);
    }

    /**
     * Starts to follow.
     *
     * @param isOurs whether a port id is that of a socket of ours: what it changes is not noticed
     * @param changed called on the watch's own thread; many changes may be one call
     */
    public static HostWatch start(
            NamespaceWorkers workers, ControllerId controller, IntPredicate isOurs, Runnable changed) {
        var watch = workers.call(Deadline.after(LIMIT), () -> {
            NetlinkSocket route = NetlinkSocket.listening(NetlinkSocket.ROUTE, ROUTE_GROUPS);
            Optional<NetlinkSocket> netfilter = Optional.empty();
            try {
                netfilter = Optional.of(NetlinkSocket.listening(NetlinkSocket.NETFILTER, NFTABLES_GROUP));
                return new HostWatch(
                        route,
                        netfilter.orElseThrow(),
                        pipe(),
                        new NoticeFilter(controller, isOurs),
                        changed,
                        "cnm4j-watch-" + controller.shortForm());
            } catch (RuntimeException failure) {
                route.close();
                netfilter.ifPresent(NetlinkSocket::close);
                throw failure;
            }
        });
        watch.thread.start();
        return watch;
    }

    private static int[] pipe() {
        Pointer page = Scratch.page();
        if (CALLS.pipe2(page.address(), O_CLOEXEC) != 0) {
            throw Errno.failed("pipe", LibC.errno());
        }
        return new int[] {page.getInt(0), page.getInt(Integer.BYTES)};
    }

    private void follow() {
        try {
            while (awaitNotice()) {
                boolean concerned = drain(route, filter::concernsRoute);
                concerned |= drain(netfilter, filter::concernsFirewall);
                if (concerned && !closed) {
                    changed.run();
                }
            }
        } catch (RuntimeException | Error failure) {
            LOG.error(
                    "the watch of the host ends; NetworkController.check still finds what it would have noticed",
                    failure);
        }
    }

    private boolean awaitNotice() {
        Pointer page = Scratch.page();
        int[] fds = {route.fd(), netfilter.fd(), wakeRead};
        for (int i = 0; i < fds.length; i++) {
            page.putInt((long) i * POLLFD_SIZE, fds[i]);
            page.putInt((long) i * POLLFD_SIZE + Integer.BYTES, POLLIN); // events; revents 0
        }
        int ready = CALLS.poll(page.address(), fds.length, -1);
        if (ready < 0 && LibC.errno() != Errno.EINTR) {
            throw Errno.failed("poll", LibC.errno());
        }
        return !closed;
    }

    private static boolean drain(NetlinkSocket socket, Predicate<Notice> concerns) {
        boolean concerned = false;
        Optional<List<Notice>> notices = socket.notices();
        while (notices.isEmpty() || !notices.orElseThrow().isEmpty()) {
            concerned |= notices.isEmpty(); // more than the socket could hold
            for (Notice notice : notices.orElse(List.of())) {
                concerned |= concerns.test(notice);
            }
            notices = socket.notices();
        }
        return concerned;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        CALLS.close(wakeWrite); // poll sees the end of the pipe
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // it ends soon: its calls have deadlines
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        CALLS.close(wakeRead);
        route.close();
        netfilter.close();
    }
}
