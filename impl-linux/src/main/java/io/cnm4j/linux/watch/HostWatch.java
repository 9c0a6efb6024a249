package io.cnm4j.linux.watch;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.ControllerId;
import io.cnm4j.api.error.KernelException;
import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import io.cnm4j.linux.netlink.NetlinkSocket;
import io.cnm4j.linux.netlink.Notice;
import io.cnm4j.linux.netns.NamespaceWorkers;
import io.cnm4j.spi.host.Deadline;
import io.cnm4j.spi.host.PlanExecutor.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that follows link, address, parameter, nftables and IPsec notices of the host namespace. Closing it ends the thread. */
public final class HostWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(HostWatch.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<Integer> ROUTE_GROUPS =
            List.of(1, 5, 9, 24, 25); // RTNLGRP_ link, addresses, parameters of 4 and 6
    private static final List<Integer> NFTABLES_GROUP = List.of(7); // NFNLGRP_NFTABLES
    private static final List<Integer> XFRM_GROUPS = List.of(3, 4); // XFRMNLGRP_SA, XFRMNLGRP_POLICY
    private static final int O_CLOEXEC = 0x80000;
    private static final short POLLIN = 1;
    private static final int POLLFD_SIZE = 8;

    private final List<Followed> followed;
    private final int wakeRead;
    private final int wakeWrite;
    private final Runnable changed;
    private final Thread thread;
    private volatile boolean closed;

    /** A socket that hears, and which of its notices matter. */
    private record Followed(NetlinkSocket socket, Predicate<Notice> concerns) {}

    private HostWatch(List<Followed> followed, int[] wake, Runnable changed, String name) {
        this.followed = List.copyOf(followed);
        this.wakeRead = wake[0];
        this.wakeWrite = wake[1];
        this.changed = changed;
        this.thread = new Thread(this::follow, name);
        thread.setDaemon(true);
    }

    /**
     * Starts to follow.
     *
     * @param isOurs whether a port id is that of a socket of ours: what it changes is not noticed
     * @param seals whether IPsec matters at this moment
     * @param changed called on the watch's own thread; many changes may be one call
     */
    public static HostWatch start(
            NamespaceWorkers workers,
            ControllerId controller,
            IntPredicate isOurs,
            BooleanSupplier seals,
            Runnable changed) {
        var filter = new NoticeFilter(controller, isOurs);
        var watch = workers.call(Deadline.after(LIMIT), () -> {
            var followed = new ArrayList<Followed>();
            try {
                followed.add(new Followed(
                        NetlinkSocket.listening(NetlinkSocket.ROUTE, ROUTE_GROUPS), filter::concernsRoute));
                followed.add(new Followed(
                        NetlinkSocket.listening(NetlinkSocket.NETFILTER, NFTABLES_GROUP), filter::concernsFirewall));
                security()
                        .ifPresent(socket -> followed.add(new Followed(
                                socket, notice -> seals.getAsBoolean() && filter.concernsSecurity(notice))));
                return new HostWatch(followed, pipe(), changed, "cnm4j-watch-" + controller.shortForm());
            } catch (RuntimeException failure) {
                followed.forEach(each -> each.socket().close());
                throw failure;
            }
        });
        watch.thread.start();
        return watch;
    }

    private static Optional<NetlinkSocket> security() {
        try {
            return Optional.of(NetlinkSocket.listening(NetlinkSocket.XFRM, XFRM_GROUPS));
        } catch (KernelException refused) {
            if (refused.errno() == Errno.EPROTONOSUPPORT) { // a kernel without IPsec
                return Optional.empty();
            }
            throw refused;
        }
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
                boolean concerned = false;
                for (Followed each : followed) {
                    concerned |= drain(each.socket(), each.concerns());
                }
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
        awaited(page, followed.size(), wakeRead);
        for (int i = 0; i < followed.size(); i++) {
            awaited(page, i, followed.get(i).socket().fd());
        }
        int ready = CALLS.poll(page.address(), followed.size() + 1, -1);
        if (ready < 0 && LibC.errno() != Errno.EINTR) {
            throw Errno.failed("poll", LibC.errno());
        }
        return !closed;
    }

    private static void awaited(Pointer page, int number, int fd) {
        page.putInt((long) number * POLLFD_SIZE, fd);
        page.putInt((long) number * POLLFD_SIZE + Integer.BYTES, POLLIN); // events; revents 0
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
        followed.forEach(each -> each.socket().close());
    }
}
