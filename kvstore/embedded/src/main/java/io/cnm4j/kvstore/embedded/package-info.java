/**
 * The store for one host: an LMDB file in a directory.
 *
 * <p>Law: one open store for each directory, proved by a lock that the kernel takes back when the process ends. No thread of
 * its own: whoever commits while others wait commits for them too, in one transaction. A file is looked at before LMDB gets
 * it, because LMDB trusts what it maps; a file that does not look right is refused and left as it is. An interrupted thread
 * may use the store like any other. What fails for the disk's sake is a {@link io.cnm4j.api.error.StoreException} and has
 * changed nothing.
 */
@NullMarked
package io.cnm4j.kvstore.embedded;

import org.jspecify.annotations.NullMarked;
