package io.cnm4j.core.names;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.ServicePort;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * What one endpoint is called on its network while it is in a sandbox.
 *
 * @param owner the endpoint's id
 * @param names lower case, without doubles; the first is that of its addresses
 * @param addresses its addresses
 * @param services what it serves
 */
public record Registration(String owner, List<String> names, List<IpAddress> addresses, List<ServicePort> services) {
    /** Brings the names into one form. */
    public Registration {
        var plain = new LinkedHashSet<String>();
        names.forEach(name -> plain.add(plain(name)));
        names = List.copyOf(plain);
        addresses = List.copyOf(addresses);
        services = List.copyOf(services);
    }

    /** Returns a name as tables have it: lower case, without the dot at the end. */
    static String plain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
