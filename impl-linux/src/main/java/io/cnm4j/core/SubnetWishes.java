package io.cnm4j.core;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.Family;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.util.ArrayList;
import java.util.List;

/** Which subnets a network is to have. Stateless. */
final class SubnetWishes {
    private SubnetWishes() {}

    /** Goes on only if none is asked for. */
    static void refuse(NetworkRequest request) {
        if (!request.subnets().isEmpty()) {
            throw new InvalidRequestException("driver '" + request.driver() + "' gives no addresses, but network '"
                    + request.name() + "' asks for " + request.subnets().get(0).describe() + "; leave it out");
        }
    }

    /** Returns those that are asked for, and one of any kind for a family that has none. */
    static List<SubnetRequest> of(NetworkRequest request) {
        var wanted = new ArrayList<SubnetRequest>();
        for (Family family : Family.values()) {
            List<SubnetRequest> given =
                    request.subnets().stream().filter(s -> s.family() == family).toList();
            wanted.addAll(given);
            if (given.isEmpty() && (family == Family.IPV4 ? request.ipv4() : request.ipv6())) {
                wanted.add(SubnetRequest.builder().family(family).build());
            }
        }
        return wanted;
    }
}
