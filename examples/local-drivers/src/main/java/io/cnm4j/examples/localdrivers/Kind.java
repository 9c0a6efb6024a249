package io.cnm4j.examples.localdrivers;

import io.cnm4j.api.model.IpAddress;
import io.cnm4j.api.model.IpPrefix;
import io.cnm4j.api.model.NetworkRequest;
import io.cnm4j.api.model.SubnetRequest;
import java.util.List;
import java.util.Map;

/** A network that is shown, and who should reach whom on it: y, n, or - where there is nobody or it depends on what is outside. */
enum Kind {
    BRIDGE_NAT("bridge", "yyyy"),
    BRIDGE_INTERNAL("bridge", "ynyy"),
    BRIDGE_WITHOUT_ICC("bridge", "nyyy", "com.docker.network.bridge.enable_icc", "false"),
    MACVLAN("macvlan", "yynn"),
    MACVLAN_PRIVATE("macvlan", "nynn", "macvlan_mode", "private"),
    MACVLAN_VEPA("macvlan", "nynn", "macvlan_mode", "vepa"),
    MACVLAN_PASSTHRU("macvlan", "-ynn", "macvlan_mode", "passthru"),
    MACVLAN_HOST_LEG("macvlan", "yyyy", "cnm4j.macvlan.host_leg", "true"),
    MACVLAN_TAGGED("macvlan", "yynn"),
    MACVLAN_ALONE("macvlan", "ynnn"),
    IPVLAN_L2("ipvlan", "yynn"),
    IPVLAN_PRIVATE("ipvlan", "nynn", "ipvlan_flag", "private"),
    IPVLAN_L3("ipvlan", "y-nn", "ipvlan_mode", "l3"),
    IPVLAN_L3S("ipvlan", "y-nn", "ipvlan_mode", "l3s"),
    IPVLAN_ALONE("ipvlan", "ynnn"),
    NOTHING("none", "nnnn");

    final String driver;
    private final String expected;
    private final String option;
    private final String value;

    Kind(String driver, String expected) {
        this(driver, expected, "", "");
    }

    Kind(String driver, String expected, String option, String value) {
        this.driver = driver;
        this.expected = expected;
        this.option = option;
        this.value = value;
    }

    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Returns what should come of a try: {@code y}, {@code n} or {@code -}. */
    char expected(int column) {
        return expected.charAt(column);
    }

    boolean hasParent() {
        return (driver.equals("macvlan") || driver.equals("ipvlan")) && !name().endsWith("ALONE");
    }

    boolean isTagged() {
        return this == MACVLAN_TAGGED;
    }

    boolean isOfOne() {
        return this == MACVLAN_PASSTHRU;
    }

    /** Returns its number, from 0. */
    int number() {
        return List.of(values()).indexOf(this);
    }

    /** Returns the address at the end of {@code prefix}, such as 10.60.3. */
    IpAddress address(int last) {
        return IpAddress.parse("10.60." + number() + "." + last);
    }

    /** Returns the request, on this parent if it needs one. */
    NetworkRequest request(String parent) {
        var request = NetworkRequest.builder()
                .name(label())
                .driver(driver)
                .options(option.isEmpty() ? Map.of() : Map.of(option, value))
                .internal(this == BRIDGE_INTERNAL);
        if (driver.equals("none")) {
            return request.build();
        }
        var subnet = SubnetRequest.builder().pool(IpPrefix.parse(address(0) + "/24"));
        if (hasParent()) {
            request.putOptions("parent", parent);
            subnet.gateway(address(1));
        }
        if (this == MACVLAN_HOST_LEG) {
            subnet.putAuxiliary("HostLegIPv4", address(200));
        }
        return request.addSubnets(subnet.build()).build();
    }
}
