/**
 * Networks across hosts, over VXLAN (RFC 7348).
 *
 * <p>Law: a network is one identifier in the whole cluster, chosen from what the networks of the cluster have. On a host it is a namespace of
 * its own with a bridge and one end of the tunnel, there only while an endpoint is. The tunnel learns nothing and asks nobody: where a
 * hardware address is, and which one an address has, is entered for each endpoint of another host; address resolution is answered on the
 * spot.
 */
@NullMarked
package io.cnm4j.driver.overlay;

import org.jspecify.annotations.NullMarked;
