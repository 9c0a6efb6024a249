/**
 * Address management in memory: {@code default} hands out subnets and addresses, {@code none} hands out nothing.
 *
 * <p>Law: nothing here is stored; all of it is rebuilt from the records. Subnets of one controller never overlap. Free
 * subnets are kept as a buddy system, used addresses as a tree of bitmaps that grows where it is touched, so that no call
 * walks over what is in use. A lease allocates its {@link io.cnm4j.api.model.IpAddress} and nothing else. Each pool has its
 * own lock, held for arithmetic only.
 */
@NullMarked
package io.cnm4j.driver.ipam;

import org.jspecify.annotations.NullMarked;
