/**
 * Links, addresses and routes over netlink: rtnetlink(7).
 *
 * <p>Law: making is exclusive (NLM_F_CREATE and NLM_F_EXCL), so that nothing foreign is ever changed by its name; what follows a
 * link's birth addresses it by index. Constants are those of include/uapi/linux/rtnetlink.h, if_link.h, veth.h and if_addr.h.
 */
@NullMarked
package io.cnm4j.linux.rtnetlink;

import org.jspecify.annotations.NullMarked;
