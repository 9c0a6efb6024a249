package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.NativeMemory;
import io.cnm4j.linux.vxlan.esp.EspKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that serves one socket and one queue of each device: it moves what is there, then waits for more. */
final class Pump implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Pump.class);
    private static final int POLLIN = 1;
    private static final int GONE = 8 | 0x10 | 0x20; // POLLERR, POLLHUP, POLLNVAL
    private static final int POLLFD = 8;
    private static final int O_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int ROUNDS_BEFORE_WAIT = 2;
    private static final int WAIT_MILLIS = 100;

    private final Counters counters = new Counters();
    private final int socket;
    private final int cpu;
    private final int wakeRead;
    private final int wakeWrite;
    private final Inbox inbox = new Inbox(counters);
    private final Ingress ingress;
    private final @Nullable Sealing sealing;
    private final Egress egress;
    private final NativeMemory wakeByte = NativeMemory.structures(64);
    private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private NativeMemory polled = NativeMemory.structures(2 * POLLFD);
    private Port[] ports = new Port[0]; // of the thread alone
    private volatile boolean stopping;

    /**
     * @param socket it serves; closed by it at the end
     * @param cpu the processor it stays on; negative for any
     * @param sealing what encrypts; null for plain VXLAN
     */
    Pump(String name, int socket, int cpu, @Nullable Sealing sealing) {
        this.socket = socket;
        this.cpu = cpu;
        this.sealing = sealing;
        this.ingress = new Ingress(inbox, counters, sealing);
        this.egress = new Egress(new Outbox(socket, counters, () -> stopping), counters, sealing);
        NativeMemory pipe = NativeMemory.structures(8);
        if (CALLS.pipe2(pipe.address(), O_NONBLOCK_CLOEXEC) != 0) {
            throw Errno.failed("pipe2", LibC.errno());
        }
        wakeRead = pipe.octets().getInt(0);
        wakeWrite = pipe.octets().getInt(4);
        thread = new Thread(this, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    Counters counters() {
        return counters;
    }

    /** Serves one more port. Returns when it does. */
    void add(Port port) {
        order(() -> {
            ports = Arrays.copyOf(ports, ports.length + 1);
            ports[ports.length - 1] = port;
        });
    }

    /** Uses these keys from now on. Returns when it does. */
    void use(EspKeys keys) {
        Sealing seal = sealing;
        if (seal == null) {
            throw new IllegalStateException("this endpoint does not encrypt");
        }
        order(() -> seal.use(keys));
    }

    /** Serves a port no more and closes its descriptor. Returns when that is done. */
    void remove(Port port) {
        order(() -> {
            ports = Arrays.stream(ports)
                    .filter(each -> each.tap() != port.tap())
                    .toArray(Port[]::new);
            CALLS.close(port.tap());
        });
    }

    private void order(Runnable order) {
        var done = new CompletableFuture<Boolean>();
        orders.add(() -> {
            order.run();
            done.complete(true);
        });
        wake();
        while (!done.isDone()) {
            try {
                done.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!thread.isAlive()) {
                    obey();
                }
            } catch (InterruptedException | ExecutionException e) {
                Thread.currentThread().interrupt();
                done.join(); // the thread never waits for others: it will come to it
            }
        }
    }

    private void wake() {
        CALLS.write(wakeWrite, wakeByte.address(), 1);
    }

    /** Ends the thread and closes what it served. */
    void stop() {
        stopping = true;
        wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        obey();
        for (Port port : ports) {
            CALLS.close(port.tap());
        }
        ports = new Port[0];
        CALLS.close(socket);
        CALLS.close(wakeRead);
        CALLS.close(wakeWrite);
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (RuntimeException | Error failure) {
            LOG.error("a thread of a VXLAN endpoint ended; close the endpoint and open another", failure);
        }
    }

    private void serve() {
        pin();
        watch();
        int idle = 0;
        while (!stopping) {
            idle = move() == 0 ? idle + 1 : 0;
            if (idle >= ROUNDS_BEFORE_WAIT) {
                CALLS.poll(polled.address(), ports.length + 2L, -1);
                idle = 0;
                leaveTheDead();
                if (polled.octets().getShort(POLLFD + 6) != 0) {
                    CALLS.read(wakeRead, wakeByte.address() + 8, 32);
                    obey();
                    watch();
                }
            }
        }
    }

    private int move() {
        int moved = ingress.receive(socket, ports);
        for (Port port : ports) {
            moved += egress.read(port);
            egress.send();
        }
        return moved;
    }

    private void obey() {
        for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
            order.run();
        }
    }

    private void watch() {
        polled = NativeMemory.structures((ports.length + 2) * POLLFD);
        ByteBuffer fds = polled.octets();
        fds.putInt(0, socket).putShort(4, (short) POLLIN);
        fds.putInt(POLLFD, wakeRead).putShort(POLLFD + 4, (short) POLLIN);
        for (int i = 0; i < ports.length; i++) {
            fds.putInt((i + 2) * POLLFD, ports[i].tap()).putShort((i + 2) * POLLFD + 4, (short) POLLIN);
        }
    }

    /** A device goes with its namespace; its descriptor would end every wait at once. */
    private void leaveTheDead() {
        ByteBuffer fds = polled.octets();
        for (int i = 2; i < ports.length + 2; i++) {
            if ((fds.getShort(i * POLLFD + 6) & GONE) != 0) {
                fds.putInt(i * POLLFD, -1);
                LOG.info("the device of VNI {} is gone with its namespace", ports[i - 2].vni());
            }
        }
    }

    private void pin() {
        if (cpu >= 0) {
            NativeMemory mask = NativeMemory.structures(128);
            int octet = Integer.SIZE / Byte.SIZE * (cpu / Integer.SIZE);
            mask.octets().putInt(octet, 1 << (cpu % Integer.SIZE));
            CALLS.sched_setaffinity(0, 128, mask.address()); // a wish: a processor that is not there changes nothing
        }
    }
}
