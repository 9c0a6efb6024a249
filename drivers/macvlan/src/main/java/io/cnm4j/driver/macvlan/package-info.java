/**
 * Macvlan and ipvlan networks: each endpoint is a child of a parent link, born inside its sandbox.
 *
 * <p>Law: a parent that was there before is used as it is, never changed and never deleted; one that was made for a network, an
 * 802.1Q sub-interface or a dummy, goes with the last network that stands on it. The kernel lets no packet pass between a parent
 * and its children: the host reaches a child only through a child of its own.
 */
@NullMarked
package io.cnm4j.driver.macvlan;

import org.jspecify.annotations.NullMarked;
