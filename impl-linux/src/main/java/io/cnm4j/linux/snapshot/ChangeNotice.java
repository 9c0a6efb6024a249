package io.cnm4j.linux.snapshot;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import java.util.List;
import jnr.ffi.Pointer;

/** Hears of changes of links, addresses, routes and neighbours in the namespace in which it was opened. For one thread at a time. */
public final class ChangeNotice implements AutoCloseable {
    private static final int GROUPS =
            1 | 0x4 | 0x10 | 0x40 | 0x100 | 0x400; // RTMGRP_ link, neigh, IPv4 and IPv6 addresses and routes
    private static final int MSG_DONTWAIT = 0x40;
    private static final short POLLIN = 1;
    private static final int POLLFD_SIZE = 8;

    private final NetlinkDump socket;

    private ChangeNotice(NetlinkDump socket) {
        this.socket = socket;
    }

    /** Listens from now on. */
    public static ChangeNotice open() {
        return new ChangeNotice(NetlinkDump.open(NetlinkDump.ROUTE, GROUPS));
    }

    /** Waits until one of them heard of a change, or for {@code millis}; then all have forgotten what they heard. */
    public static void awaitAny(List<ChangeNotice> notices, int millis) {
        Pointer page = Scratch.page();
        for (int i = 0; i < notices.size(); i++) {
            page.putInt((long) i * POLLFD_SIZE, notices.get(i).socket.fd());
            page.putInt((long) i * POLLFD_SIZE + Integer.BYTES, POLLIN); // events; revents 0
        }
        CALLS.poll(page.address(), notices.size(), millis);
        notices.forEach(ChangeNotice::forget);
    }

    private void forget() {
        Pointer page = Scratch.page();
        long count = 1;
        while (count > 0) {
            count = CALLS.recv(socket.fd(), page.address(), Scratch.SIZE, MSG_DONTWAIT);
        }
        LibC.errno(); // nothing left, or more than the socket could hold: either way the state is read afresh
    }

    @Override
    public void close() {
        socket.close();
    }
}
