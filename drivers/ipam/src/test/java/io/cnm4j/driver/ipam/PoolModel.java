package io.cnm4j.driver.ipam;

import io.cnm4j.api.error.CnmException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.spi.host.UsedSubnets;
import io.cnm4j.spi.ipam.AddressPoolLease;
import io.cnm4j.spi.ipam.AddressRequest;
import io.cnm4j.spi.ipam.AddressRequest.Purpose;
import io.cnm4j.spi.ipam.Ipam;
import io.cnm4j.spi.ipam.PoolRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a subnet that several pools share must do, said as naively as can be: sets and walks. Runs steps on it and on the real one, and
 * says at which step they first differ.
 */
final class PoolModel {
    private static final Map<String, String> SERIAL = Map.of("com.docker.network.ipam.serial", "true");

    /** A step: what to do with which pool; {@code offset} chooses an address near the range or the end of the subnet. */
    record Step(Kind kind, int pool, int offset) {}

    enum Kind {
        ANY,
        GATEWAY,
        EXACTLY,
        RELEASE,
        RESTORE,
        REOPEN
    }

    private static final class Model {
        final TreeSet<IpAddress> leased = new TreeSet<>();
        Optional<IpAddress> last = Optional.empty();
    }

    private final IpPrefix subnet;
    private final List<Optional<IpPrefix>> ranges;
    private final boolean serial;
    private final Ipam ipam;
    private final List<AddressPoolLease> real = new ArrayList<>();
    private final List<Model> models = new ArrayList<>();

    /** @param ranges the range of each pool, all of the subnet if absent: only the first */
    PoolModel(Ipam ipam, IpPrefix subnet, List<Optional<IpPrefix>> ranges, boolean serial) {
        this.ipam = ipam;
        this.subnet = subnet;
        this.ranges = ranges;
        this.serial = serial;
        for (int i = 0; i < ranges.size(); i++) {
            real.add(open(i));
            models.add(new Model());
        }
    }

    private AddressPoolLease open(int pool) {
        return ipam.requestPool(new PoolRequest(
                "pool " + pool,
                subnet.family(),
                Optional.of(subnet),
                ranges.get(pool),
                UsedSubnets.NONE,
                serial ? SERIAL : Map.of()));
    }

    /** Runs all steps; returns what was different first, if anything was. */
    Optional<String> firstDifference(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            String expected = expected(steps.get(i));
            String found = found(steps.get(i));
            if (!expected.equals(found)) {
                return Optional.of("step " + i + ", " + steps.get(i) + ": expected " + expected + ", found " + found);
            }
        }
        for (int i = 0; i < models.size(); i++) {
            if (!List.copyOf(models.get(i).leased).equals(real.get(i).leased())) {
                return Optional.of("at the end pool " + i + ": expected " + models.get(i).leased + ", found "
                        + real.get(i).leased());
            }
        }
        return Optional.empty();
    }

    private IpAddress address(Step step) {
        IpPrefix near = ranges.get(step.pool).orElse(subnet);
        int place = step.offset & 0xfff;
        return switch (step.offset >> 12 & 3) {
            case 0 -> near.address().plus(place);
            case 1 -> near.last().plus(-place);
            case 2 -> subnet.last().plus(-(place & 3));
            default -> near.address().plus(((long) place * 97) << 8);
        };
    }

    private String found(Step step) {
        AddressPoolLease lease = real.get(step.pool);
        try {
            switch (step.kind) {
                case ANY -> {
                    return lease.request(AddressRequest.ANY).toString();
                }
                case GATEWAY -> {
                    return lease.request(AddressRequest.GATEWAY).toString();
                }
                case EXACTLY -> {
                    return lease.request(AddressRequest.exactly(address(step), Purpose.ENDPOINT))
                            .toString();
                }
                case RELEASE -> lease.release(address(step));
                case RESTORE -> lease.restore(address(step));
                case REOPEN -> {
                    lease.close();
                    real.set(
                            step.pool,
                            real.size() == 1 || step.pool > 0 ? open(step.pool) : ipam.restorePool(lease.state()));
                }
            }
            return "done";
        } catch (CnmException refused) {
            return refused.getClass().getSimpleName();
        }
    }

    private String expected(Step step) {
        Model model = models.get(step.pool);
        if (step.kind == Kind.ANY || step.kind == Kind.GATEWAY) {
            return any(step.pool, serial && step.kind == Kind.ANY);
        }
        if (step.kind == Kind.REOPEN) {
            models.set(step.pool, new Model());
            return "done";
        }
        IpAddress address = address(step);
        if (!subnet.contains(address)) {
            return "InvalidRequestException";
        }
        switch (step.kind) {
            case EXACTLY -> {
                if (isReserved(address) || isTaken(address)) {
                    return "ConflictException";
                }
                model.leased.add(address);
                return address.toString();
            }
            case RELEASE -> model.leased.remove(address);
            default -> {
                if (!isReserved(address)) {
                    model.leased.add(address);
                }
            }
        }
        return "done";
    }

    private String any(int pool, boolean inTurn) {
        IpPrefix range = ranges.get(pool).orElse(subnet);
        Model model = models.get(pool);
        Optional<IpAddress> found = Optional.empty();
        if (inTurn && model.last.isPresent() && model.last.get().compareTo(range.last()) < 0) {
            found = walk(model.last.get().plus(1), range.last());
        }
        if (found.isEmpty()) {
            found = walk(range.address(), range.last());
        }
        if (found.isEmpty()) {
            return "ExhaustedException";
        }
        model.last = inTurn ? found : model.last;
        model.leased.add(found.get());
        return found.get().toString();
    }

    private Optional<IpAddress> walk(IpAddress from, IpAddress to) {
        for (IpAddress at = from; at.compareTo(to) <= 0; at = at.plus(1)) {
            if (!isReserved(at) && !isTaken(at)) {
                return Optional.of(at);
            }
            if (at.equals(to)) {
                break; // the next may be the first of all
            }
        }
        return Optional.empty();
    }

    private boolean isTaken(IpAddress address) {
        return models.stream().anyMatch(model -> model.leased.contains(address));
    }

    private boolean isReserved(IpAddress address) {
        boolean isSmall = subnet.family().bits() - subnet.length() < 2;
        return !isSmall
                && (address.equals(subnet.address())
                        || (subnet.family() == Family.IPV4 && address.equals(subnet.last())));
    }
}
