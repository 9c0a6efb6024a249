package io.cnm4j.benchmarks.ipam;

import io.cnm4j.api.model.AddressPool;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.benchmarks.Samples;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressSpace;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.IpamDriver;
import io.cnm4j.spi.ipam.PoolRequest;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Pools to lease from, and what is done with them. Each round is timed as if it had a million leases. */
final class Leasing {
    static final AddressPool BASE = AddressPool.of("10.0.0.0/8", 24);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final double MILLION = 1e6;
    private static final int MOST_HELD =
            1 << 15; // so that what the benchmark remembers leaves the processor's cache to the pool
    private static final int WISHES = 1 << 12; // made at a time: a caller has just made the one it asks with
    private static final Object BARE = new Object(); // a lock that others could see, lest the compiler drop it
    private static final Map<String, String> SERIAL = Map.of("com.docker.network.ipam.serial", "true");

    private Leasing() {}

    static Ipam ipam() {
        return ServiceLoader.load(IpamDriver.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(driver -> driver.name().equals("default"))
                .findFirst()
                .orElseThrow()
                .open(new AddressSpace(AddressSpace.Scope.LOCAL, List.of(BASE), "benchmark"));
    }

    static AddressPoolLease pool(Ipam ipam, String subnet, boolean serial) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return ipam.requestPool(new PoolRequest(
                "benchmark",
                prefix.family(),
                Optional.of(prefix),
                Optional.empty(),
                UsedSubnets.NONE,
                serial ? SERIAL : Map.of()));
    }

    static AddressPoolLease pool(String subnet) {
        return pool(ipam(), subnet, false);
    }

    /** Returns how many addresses of this subnet can be leased. */
    static int size(String subnet) {
        IpPrefix prefix = IpPrefix.parse(subnet);
        return (1 << (Family.IPV4.bits() - prefix.length())) - 2;
    }

    static void fill(AddressPoolLease pool, int count) {
        for (int i = 0; i < count; i++) {
            pool.request(AddressRequest.ANY);
        }
    }

    /** Leases all addresses of fresh pools, and sets all bits of fresh bit sets; 2^24 or at least {@code leases} of each. */
    static void filling(String subnet, boolean serial, int leases, Samples ours, Samples floor) {
        int size = size(subnet);
        int pools = Math.max(1, leases / size);
        var fresh = new AddressPoolLease[pools];
        for (int i = 0; i < pools; i++) {
            fresh[i] = pool(ipam(), subnet, serial);
        }
        long start = time();
        for (AddressPoolLease pool : fresh) {
            fill(pool, size);
        }
        add(ours, start, (long) size * pools);
        var bits = new BitSet[pools];
        for (int i = 0; i < pools; i++) {
            bits[i] = new BitSet(size);
        }
        start = time();
        for (BitSet set : bits) {
            int next = 0;
            for (int i = 0; i < size; i++) {
                next = set.nextClearBit(next);
                set.set(next);
            }
        }
        add(floor, start, (long) size * pools);
    }

    /** Returns some numbers below {@code size}, none twice, in an order of chance. */
    private static int[] order(int size, int count) {
        int step = (int) (size * 0.618) | 1;
        while (BigInteger.valueOf(step).gcd(BigInteger.valueOf(size)).intValue() != 1) {
            step += 2;
        }
        var order = new int[count];
        long number = 0;
        for (int i = 0; i < count; i++) {
            order[i] = (int) number;
            number = (number + step) % size;
        }
        return order;
    }

    /** Returns {@code count} of the numbers below {@code size}, none twice, without any pattern. */
    private static int[] shuffled(int size, int count) {
        var random = new SplittableRandom(1);
        int[] numbers = IntStream.range(0, size).toArray();
        for (int i = 0; i < count; i++) {
            int other = random.nextInt(i, size);
            int number = numbers[other];
            numbers[other] = numbers[i];
            numbers[i] = number;
        }
        return Arrays.copyOf(numbers, count);
    }

    /** Leases all addresses of a pool by name, in an order of chance; of a large one as many as there are leases. */
    static void fillingByName(String subnet, int leases, Samples ours, Samples floor) {
        int size = size(subnet);
        int[] order = shuffled(size, Math.min(size, leases));
        int pools = Math.max(1, leases / size);
        IpAddress first = IpPrefix.parse(subnet).address().plus(1);
        long spent = 0;
        for (int i = 0; i < pools; i++) {
            AddressPoolLease pool = pool(subnet);
            for (int from = 0; from < order.length; from += WISHES) {
                AddressRequest[] wishes = wishes(first, order, from);
                long start = time();
                for (AddressRequest wish : wishes) {
                    pool.request(wish);
                }
                spent += time() - start;
            }
        }
        ours.add((long) (spent * MILLION / ((double) order.length * pools)));
        spent = 0;
        for (int i = 0; i < pools; i++) {
            var set = new BitSet(size);
            long start = time();
            for (int number : order) {
                set.set(set.nextClearBit(number));
            }
            spent += time() - start;
        }
        floor.add((long) (spent * MILLION / ((double) order.length * pools)));
    }

    private static AddressRequest[] wishes(IpAddress first, int[] order, int from) {
        return Arrays.stream(order, from, Math.min(order.length, from + WISHES))
                .mapToObj(number -> AddressRequest.exactly(first.plus(number), AddressRequest.Purpose.ENDPOINT))
                .toArray(AddressRequest[]::new);
    }

    /**
     * Sets the bits of addresses of a /8, in an order of chance, in one array; a lock is taken for each and the wish is read, as a pool must.
     * What that takes is the processor's and its memory's, whatever a pool looks like inside.
     *
     * @param waits whether each waits for what the one before read; else the processor reads for several at a time, the shorter the way of
     *     each the more
     */
    static void bareByName(int leases, boolean waits, Samples floor) {
        String subnet = "10.0.0.0/8";
        int size = size(subnet);
        int[] order = shuffled(size, leases);
        long first = IpPrefix.parse(subnet).address().low() + 1;
        long[] words = new long[(size >> 6) + 1];
        long spent = 0;
        long before = 0; // 0 for ever: no bit is set twice
        for (int from = 0; from < order.length; from += WISHES) {
            AddressRequest[] wishes = wishes(IpAddress.ipv4((int) first), order, from);
            long start = time();
            before |= waits ? setInTurn(words, wishes, first) : set(words, wishes, first);
            spent += time() - start;
        }
        if (before != 0) {
            throw new IllegalStateException("a bit was set twice");
        }
        floor.add((long) (spent * MILLION / order.length));
    }

    private static long set(long[] words, AddressRequest[] wishes, long first) {
        long before = 0;
        for (AddressRequest wish : wishes) {
            before |= set(words, wish.preferred().orElseThrow().low() - first);
        }
        return before;
    }

    private static long setInTurn(long[] words, AddressRequest[] wishes, long first) {
        long before = 0;
        for (AddressRequest wish : wishes) {
            before = set(words, wish.preferred().orElseThrow().low() - first + before);
        }
        return before;
    }

    /** Returns what the bit was. */
    private static long set(long[] words, long number) {
        synchronized (BARE) {
            long word = words[(int) (number >> 6)];
            words[(int) (number >> 6)] = word | 1L << number;
            return word >>> number & 1;
        }
    }

    /**
     * Releases an address of chance and leases one, in a pool that is so full and has its holes everywhere: two operations. The bit set is told where
     * to look, which the pool is not.
     *
     * @param part how full, 0 to 1
     */
    static void churning(String subnet, double part, int leases, Samples ours, Samples floor) {
        int size = size(subnet);
        AddressPoolLease pool = pool(subnet);
        var random = new SplittableRandom(2);
        IpAddress first = IpPrefix.parse(subnet).address().plus(1);
        fill(pool, size);
        var bits = new BitSet(size);
        var leased = new int[Math.max(1, Math.min(MOST_HELD, (int) (size * part * 0.8)))];
        int held = 0;
        for (int number : order(size, size)) {
            if (held == 0 || random.nextDouble() < part) {
                bits.set(number);
                leased[held % leased.length] = number;
                held++;
            } else {
                pool.release(first.plus(number));
            }
        }
        int kept = Math.min(held, leased.length);
        int[] turns = random.ints(leases, 0, kept).toArray();
        long start = time();
        for (int turn : turns) {
            pool.release(first.plus(leased[turn]));
            leased[turn] = (int) (pool.request(AddressRequest.ANY).low() - first.low());
        }
        add(ours, start, 2L * leases);
        int[] numbers = bits.stream().limit(kept).toArray();
        start = time();
        for (int turn : turns) {
            bits.clear(numbers[turn]);
            numbers[turn] = bits.nextClearBit(numbers[turn]);
            bits.set(numbers[turn]);
        }
        add(floor, start, 2L * leases);
    }

    /** Time of this thread alone: the rates are those of one core, whoever else is at work. */
    static long time() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private static void add(Samples samples, long start, long leases) {
        samples.add((long) ((time() - start) * MILLION / leases));
    }
}
