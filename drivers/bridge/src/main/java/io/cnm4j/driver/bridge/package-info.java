/**
 * Bridge networks: a bridge on the host, a veth pair for each endpoint, and the host's firewall around it.
 *
 * <p>Law: what depends on the host is decided once and noted; plans are made from the record alone. The firewall is there
 * before the bridge is, and the bridge before the host forwards for it. A bridge that was there before is used as it is:
 * never changed, never deleted.
 */
@NullMarked
@Value.Style(
        visibility = Value.Style.ImplementationVisibility.PACKAGE,
        overshadowImplementation = true,
        get = "*",
        jdkOnly = true)
package io.cnm4j.driver.bridge;

import org.immutables.value.Value;
import org.jspecify.annotations.NullMarked;
