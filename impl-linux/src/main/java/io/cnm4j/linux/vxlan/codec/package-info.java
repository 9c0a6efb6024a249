/**
 * Frames: Ethernet, IP, UDP, TCP and VXLAN headers over direct buffers.
 *
 * <p>Law: static arithmetic over (buffer, offset); nothing here allocates, throws on hostile octets or reads outside the range it is
 * given. Buffers are big-endian, their position and limit are not looked at. A decoder answers with a {@link
 * io.cnm4j.linux.vxlan.codec.Drop} where the octets are not what they should be.
 */
@NullMarked
package io.cnm4j.linux.vxlan.codec;

import org.jspecify.annotations.NullMarked;
