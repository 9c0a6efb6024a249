package io.cnm4j.core;

import io.cnm4j.api.error.InvalidRequestException;
import io.cnm4j.api.model.EndpointRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kernel parameters that an endpoint asks for its interface, as a list in one option. EG-06, OS-07 */
final class EndpointSysctls {
    private static final String NAME = "IFNAME";
    private static final Pattern ONE =
            Pattern.compile("(net\\.(?:ipv4|ipv6|mpls)\\.[a-z0-9_]+\\.)IFNAME(\\.[a-z0-9_]+)=([!-~]{1,200})");
    private static final int MOST = 100;

    private EndpointSysctls() {}

    /**
     * Returns what is asked for: key to value, {@code IFNAME} in the key where the interface's name belongs.
     *
     * @throws InvalidRequestException if the option is wrong
     */
    static Map<String, String> parse(Map<String, String> options) {
        String text = options.getOrDefault(EndpointRequest.SYSCTLS, "");
        var asked = new LinkedHashMap<String, String>();
        for (String one : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            Matcher parts = ONE.matcher(one);
            if (!parts.matches() || asked.size() == MOST) {
                throw new InvalidRequestException("option " + EndpointRequest.SYSCTLS + ": '" + one
                        + "' must be net.ipv4.conf.IFNAME.KEY=VALUE, or ipv6 or mpls and another group, and at most "
                        + MOST
                        + " of them separated by commas");
            }
            if (parts.group(2).equals(".disable_ipv6")) {
                throw new InvalidRequestException("option " + EndpointRequest.SYSCTLS + ": '" + one
                        + "' is for cnm4j to decide; say disableIpv6 in the request instead");
            }
            asked.put(parts.group(1) + NAME + parts.group(2), parts.group(3));
        }
        return asked;
    }

    /** Returns the key for an interface, whose dots become slashes. */
    static String key(String asked, String interfaceName) {
        return asked.replace(NAME, interfaceName.replace('.', '/'));
    }
}
