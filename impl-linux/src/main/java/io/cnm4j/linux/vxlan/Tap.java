package io.cnm4j.linux.vxlan;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.linux.libc.Errno;
import io.cnm4j.linux.libc.LibC;
import io.cnm4j.linux.libc.Scratch;
import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;

/**
 * A TAP device with the virtio-net header: frames of up to 64 KiB come and go whole, with unfinished checksums
 * (linux/if_tun.h, linux/virtio_net.h). It exists while a descriptor of it is open, or until it is deleted if it was told to stay.
 */
public final class Tap {
    private static final int O_RDWR_NONBLOCK_CLOEXEC = 2 | 0x800 | 0x80000;
    private static final int IFF_TAP = 2;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFF_MULTI_QUEUE = 0x100;
    private static final int IFF_PERSIST = 0x800;
    private static final int IFF_TUN_EXCL = 0x8000;
    private static final long TUNSETPERSIST = 0x400454cbL;
    private static final long TUNGETIFF = 0x800454d2L;
    private static final long TUNSETIFF = 0x400454caL;
    private static final long TUNSETOFFLOAD = 0x400454d0L;
    private static final int TUN_F_CSUM_TSO4_TSO6 = 1 | 2 | 4;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SIOCSIFMTU = 0x8922;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int SIOCSIFHWADDR = 0x8924;
    private static final int ARPHRD_ETHER = 1;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_VALUE = 16;
    private static final int IFF_UP = 1;

    private Tap() {}

    /**
     * Makes the device in the calling thread's namespace, up, and returns a descriptor for each queue.
     *
     * @throws io.cnm4j.api.error.KernelException if a step is refused; nothing is left then
     */
    static int[] open(String name, int queues, int mtu, long mac) {
        int[] fds = new int[queues];
        int opened = 0;
        try {
            for (; opened < queues; opened++) {
                fds[opened] = queue(name, queues > 1 ? IFF_MULTI_QUEUE : 0);
            }
            configure(name, mtu, mac);
            return fds;
        } catch (RuntimeException | Error failure) {
            for (int i = 0; i < opened; i++) {
                CALLS.close(fds[i]);
            }
            throw failure;
        }
    }

    /**
     * Makes a device in the calling thread's namespace, down, which goes with the descriptor that is returned.
     *
     * @throws io.cnm4j.api.error.KernelException if there is one of this name, or the kernel refuses; nothing is left then
     */
    public static int birth(String name) {
        return queue(name, IFF_TUN_EXCL);
    }

    /** Lets the device of a descriptor stay without it. */
    public static void stay(int fd) {
        if (CALLS.ioctl(fd, TUNSETPERSIST, 1) != 0) {
            throw Errno.failed("TUNSETPERSIST", LibC.errno());
        }
    }

    /**
     * Opens a device of the calling thread's namespace that stays, and returns its descriptor.
     *
     * @throws io.cnm4j.api.error.KernelException if it is open elsewhere, or there is none; none is made then
     */
    static int attach(String name) {
        int fd = queue(name, 0);
        Pointer request = request(name);
        if (CALLS.ioctl(fd, TUNGETIFF, request.address()) != 0 || (request.getShort(IFREQ_VALUE) & IFF_PERSIST) == 0) {
            CALLS.close(fd);
            throw Errno.failed("open TAP device " + name, Errno.ENODEV, "see who removed it and try again");
        }
        return fd;
    }

    private static int queue(String name, int also) {
        int fd = CALLS.open("/dev/net/tun", O_RDWR_NONBLOCK_CLOEXEC, 0);
        if (fd < 0) {
            int errno = LibC.errno();
            String advice = switch (errno) {
                case Errno.ENOENT -> "load the module tun, or make the device: mknod /dev/net/tun c 10 200";
                case Errno.EACCES -> "let this user open it, as udev does: chmod 666 /dev/net/tun";
                default -> Errno.advice(errno);
            };
            throw Errno.failed("open /dev/net/tun", errno, advice);
        }
        Pointer request = request(name);
        int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | also;
        request.putShort(IFREQ_VALUE, (short) flags);
        boolean made = CALLS.ioctl(fd, TUNSETIFF, request.address()) == 0
                && CALLS.ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM_TSO4_TSO6) == 0;
        if (!made) {
            int errno = LibC.errno();
            CALLS.close(fd);
            throw Errno.failed("ip tuntap add " + name + " mode tap vnet_hdr", errno, advice(errno));
        }
        return fd;
    }

    private static String advice(int errno) {
        return errno == Errno.EBUSY
                ? "another program holds a device of this name; choose another"
                : Errno.advice(errno);
    }

    private static void configure(String name, int mtu, long mac) {
        int socket = CALLS.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        if (socket < 0) {
            throw Errno.failed("socket", LibC.errno());
        }
        try {
            Pointer request = request(name);
            request.putInt(IFREQ_VALUE, mtu);
            call(socket, SIOCSIFMTU, request, "ip link set " + name + " mtu " + mtu);
            request = request(name);
            request.putShort(IFREQ_VALUE, (short) ARPHRD_ETHER);
            for (int i = 0; i < 6; i++) {
                request.putByte(IFREQ_VALUE + 2 + i, (byte) (mac >>> (40 - 8 * i)));
            }
            call(socket, SIOCSIFHWADDR, request, "ip link set " + name + " address " + Long.toHexString(mac));
            request = request(name);
            call(socket, SIOCGIFFLAGS, request, "ip link show " + name);
            request.putShort(IFREQ_VALUE, (short) (request.getShort(IFREQ_VALUE) | IFF_UP));
            call(socket, SIOCSIFFLAGS, request, "ip link set " + name + " up");
        } finally {
            CALLS.close(socket);
        }
    }

    private static Pointer request(String name) {
        Pointer request = Scratch.page();
        request.setMemory(0, IFREQ_SIZE, (byte) 0);
        byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
        request.put(0, octets, 0, octets.length);
        return request;
    }

    private static void call(int socket, int request, Pointer argument, String what) {
        if (CALLS.ioctl(socket, request, argument.address()) != 0) {
            throw Errno.failed(what, LibC.errno());
        }
    }
}
