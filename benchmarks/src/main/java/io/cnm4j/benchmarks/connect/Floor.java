package io.cnm4j.benchmarks.connect;

import static io.cnm4j.linux.libc.LibC.CALLS;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.linux.libc.LibC;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/**
 * The bare loop: the kernel calls that connect a fresh sandbox, one after the other, with messages encoded beforehand. Used by one
 * thread at a time, whose namespace is the host.
 */
final class Floor implements AutoCloseable {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int MS_BIND = 4096;
    private static final int MNT_DETACH = 2;
    private static final int O_CREAT_EXCL_CLOEXEC = 0x40 | 0x80 | 0x80000;
    private static final int O_WRONLY_CLOEXEC = 1 | 0x80000;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SIOCGIFFLAGS = 0x8913;
    private static final int SIOCSIFFLAGS = 0x8914;
    private static final int RTM_NEWLINK = 16;
    private static final int RTM_GETLINK = 18;
    private static final int RTM_SETLINK = 19;
    private static final int RTM_NEWADDR = 20;
    private static final int RTM_NEWROUTE = 24;
    private static final int DIGITS = 11;
    private static final int UPPER_HALF = 1 << 15;

    private static final byte[] HARDWARE_ADDRESS = {2, 0x77, 0, 0, 0, 0};

    private final String directory;
    private final IpAddress upperHalf;
    private final int home;
    private final int host = netlink();
    private final ByteBuffer answer = ByteBuffer.allocateDirect(1 << 16).order(ByteOrder.nativeOrder());
    private final long answerAddress = Pointer.wrap(LibC.runtime(), answer).address();
    private final Pointer scratch = Memory.allocateDirect(LibC.runtime(), 64, true);

    private final FloorNames names = new FloorNames();
    private final Frame make = new Frame();
    private final Frame dress = new Frame();
    private final Frame up = new Frame();
    private final Frame inside = new Frame();
    private final Frame carrier = new Frame();
    private final Frame cut = new Frame();
    private final Map<Integer, Integer> links = new HashMap<>(); // host ends of the sandboxes that are there
    private int hostName;
    private int asked;
    private int cutPort;
    private int cutAlias;
    private int namespace;
    private int mac;
    private int aliased;
    private int port;
    private int local;
    private int address;
    private int announced;

    /**
     * @param directory where namespaces are held; exists
     * @param bridge index of the bridge
     * @param subnet of the bridge, a /16: its upper half is for this loop
     * @param gateway the bridge's address
     */
    Floor(String directory, int bridge, IpPrefix subnet, IpAddress gateway) {
        this.directory = directory;
        this.upperHalf = subnet.address().plus(UPPER_HALF);
        this.home = CALLS.open("/proc/thread-self/ns/net", O_CLOEXEC, 0);
        encodeMake(bridge);
        encodeDress();
        encodeInside(subnet, gateway);
        encodeCarrier(bridge);
        encodeCut();
    }

    private static int netlink() {
        return checked(CALLS.socket(16, 3 | O_CLOEXEC, 0)); // AF_NETLINK, SOCK_RAW, NETLINK_ROUTE
    }

    /** A veth pair: one end in a bridge and up, with an MTU, the other in a namespace, with an MTU and a hardware address. */
    private void encodeMake(int bridge) {
        make.begin(RTM_NEWLINK, Frame.ACK | Frame.ECHO | Frame.MAKE);
        make.link(0, 0, 1);
        hostName = make.attr(3, "veth" + "0".repeat(DIGITS)) + 4; // IFLA_IFNAME
        make.attr(4, 1500); // IFLA_MTU
        make.attr(27, 0x636e6d); // IFLA_GROUP
        make.attr(10, bridge); // IFLA_MASTER
        int linkInfo = make.nest(18);
        make.attr(1, "veth"); // IFLA_INFO_KIND
        int data = make.nest(2);
        int peer = make.nest(1); // VETH_INFO_PEER
        make.link(0, 0, 0);
        make.attr(3, "eth0");
        make.attr(4, 1500);
        mac = make.attr(1, HARDWARE_ADDRESS) + 2; // IFLA_ADDRESS
        namespace = make.attr(28, 0); // IFLA_NET_NS_FD
        make.unnest(peer).unnest(data).unnest(linkInfo).end();
    }

    /** The host end's alias and flags of its bridge port. */
    private void encodeDress() {
        dress.begin(RTM_NEWLINK, Frame.ACK);
        aliased = dress.link(0, 0, 0);
        dress.attr(20, "cnm4j 0123456789ab endpoint 0123456789ab"); // IFLA_IFALIAS
        dress.begin(RTM_SETLINK, Frame.ACK);
        port = dress.link(7, 0, 0); // AF_BRIDGE
        int nest = dress.nest(12); // IFLA_PROTINFO
        dress.attr(4, new byte[] {1}); // IFLA_BRPORT_MODE
        dress.attr(33, new byte[] {0}); // IFLA_BRPORT_ISOLATED
        dress.unnest(nest).end();
    }

    /** The other end up; then an address and a default route, and the neighbours are told of it. */
    private void encodeInside(IpPrefix subnet, IpAddress gateway) {
        int index = 2; // the first link after the loopback
        byte[] octets = subnet.address().octets();
        up.begin(RTM_NEWLINK, Frame.ACK);
        up.link(0, index, 1);
        up.end();
        inside.begin(RTM_GETLINK, Frame.ACK); // as of the other end
        inside.link(0, index, 0);
        inside.attr(29, 8);
        inside.begin(RTM_NEWADDR, Frame.ACK | Frame.MAKE);
        inside.address(2, subnet.length(), index);
        local = inside.attr(2, octets); // IFA_LOCAL
        address = inside.attr(1, octets); // IFA_ADDRESS
        inside.begin(RTM_NEWROUTE, Frame.ACK | Frame.MAKE);
        inside.octets(2, 0, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0); // AF_INET, default, main table, static, universe, unicast
        inside.attr(5, gateway.octets()); // RTA_GATEWAY
        inside.attr(4, index); // RTA_OIF
        inside.begin(RTM_NEWLINK, Frame.ACK);
        inside.link(0, index, 0);
        announced = inside.attr(1, HARDWARE_ADDRESS) + 2; // the same as before: arp_notify floods the bridge
        inside.end();
    }

    /** Questions that make both ends of the way know at once that it is there; without them the first packet may be lost. */
    private void encodeCarrier(int bridge) {
        carrier.begin(RTM_GETLINK, Frame.ACK);
        asked = carrier.link(0, 0, 0);
        carrier.attr(29, 8); // IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS
        carrier.begin(RTM_GETLINK, Frame.ACK);
        carrier.link(0, bridge, 0);
        carrier.attr(29, 8);
        carrier.end();
    }

    /** The host end's port passes nothing any more, and its alias says so. */
    private void encodeCut() {
        cut.begin(RTM_SETLINK, Frame.ACK);
        cutPort = cut.link(7, 0, 0); // AF_BRIDGE
        int nest = cut.nest(12); // IFLA_PROTINFO
        cut.attr(1, new byte[] {0}); // IFLA_BRPORT_STATE
        cut.unnest(nest);
        cut.begin(RTM_NEWLINK, Frame.ACK);
        cutAlias = cut.link(0, 0, 0);
        cut.attr(20, "cnm4j 0123456789ab leaving 00123456789ab"); // IFLA_IFALIAS
        cut.end();
    }

    /** Returns the name of the host's end of a sandbox. */
    static String hostLink(int number) {
        return String.format("veth%0" + DIGITS + "d", number);
    }

    private String path(int number) {
        return directory + "/floor" + number;
    }

    /**
     * Makes a namespace and connects it.
     *
     * @param number of the sandbox
     */
    void connect(int number) {
        int ip = (int) upperHalf.plus(number % UPPER_HALF).low();
        String path = path(number);
        makeNamespace(path);
        names.write(path + "-files");
        int fd = checked(CALLS.open(path, O_CLOEXEC, 0));
        make.patchDigits(hostName, DIGITS, number);
        make.patchBigEndian(mac, number);
        make.patch(namespace, fd);
        int index = make.send(host, answer, answerAddress);
        dress.patch(aliased, index);
        dress.patch(port, index);
        dress.send(host, answer, answerAddress);
        checked(CALLS.setns(fd, CLONE_NEWNET));
        write("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1");
        int socket = netlink();
        up.send(socket, answer, answerAddress);
        carrier.patch(asked, index);
        carrier.send(host, answer, answerAddress);
        inside.patchBigEndian(local, ip);
        inside.patchBigEndian(address, ip);
        inside.patchBigEndian(announced, number);
        inside.send(socket, answer, answerAddress);
        CALLS.close(socket);
        names.serve(number);
        checked(CALLS.setns(home, CLONE_NEWNET));
        CALLS.close(fd);
        links.put(number, index);
    }

    private void makeNamespace(String path) {
        CALLS.close(checked(CALLS.open(path, O_CREAT_EXCL_CLOEXEC, 0600)));
        checked(CALLS.unshare(CLONE_NEWNET));
        raiseLoopback();
        write("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
        write("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        write("/proc/sys/net/ipv6/conf/default/ndisc_notify", "1");
        write("/proc/sys/net/ipv4/conf/default/arp_notify", "1");
        checked(CALLS.mount("/proc/thread-self/ns/net", path, null, MS_BIND, null));
        checked(CALLS.setns(home, CLONE_NEWNET));
    }

    private void raiseLoopback() {
        int socket = checked(CALLS.socket(2, 2 | O_CLOEXEC, 0)); // AF_INET, SOCK_DGRAM
        scratch.setMemory(0, 40, (byte) 0);
        scratch.putByte(0, (byte) 'l');
        scratch.putByte(1, (byte) 'o');
        checked(CALLS.ioctl(socket, SIOCGIFFLAGS, scratch.address()));
        scratch.putShort(16, (short) (scratch.getShort(16) | 1));
        checked(CALLS.ioctl(socket, SIOCSIFFLAGS, scratch.address()));
        CALLS.close(socket);
    }

    private void write(String file, String text) {
        int fd = checked(CALLS.open(file, O_WRONLY_CLOEXEC, 0));
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        scratch.put(0, octets, 0, octets.length);
        checked((int) CALLS.write(fd, scratch.address(), octets.length));
        CALLS.close(fd);
    }

    /** Cuts a sandbox off from its bridge, so that its address is free for the next one, and lets its namespace go. */
    void remove(int number) {
        int index = Objects.requireNonNull(links.remove(number));
        cut.patch(cutPort, index);
        cut.patch(cutAlias, index);
        cut.send(host, answer, answerAddress);
        names.remove(number, path(number) + "-files");
        let(path(number));
    }

    /** Lets a namespace go and leaves all that was in it to the kernel: its address may be answered for some time. */
    void letGo(int number) {
        links.remove(number);
        names.remove(number, path(number) + "-files");
        let(path(number));
    }

    private static void let(String path) {
        checked(CALLS.umount2(path, MNT_DETACH));
        checked(CALLS.unlink(path));
    }

    static int checked(int result) {
        if (result < 0) {
            throw new IllegalStateException("a call of the floor failed, errno " + LibC.errno());
        }
        return result;
    }

    @Override
    public void close() {
        CALLS.close(host);
        CALLS.close(home);
    }
}
