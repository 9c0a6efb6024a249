/**
 * What hosts share.
 *
 * <p>Law: what two hosts could both want (a network's name, subnet and number; an endpoint's name and addresses) is an entry that a
 * commit makes only if it is absent, or a set that a commit changes only if nobody else did. A host is an entry that its session holds;
 * each of its commits checks that entry, so a host that was taken for gone changes nothing until it has joined again. An entry's revision is
 * its epoch: of two endpoints with one address the later one counts.
 */
@NullMarked
package io.cnm4j.core.cluster;

import org.jspecify.annotations.NullMarked;
