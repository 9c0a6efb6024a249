/** Does a plug-in keep Docker's protocol? A command for authors of plug-ins in whatever language. */
@NullMarked
package io.cnm4j.examples.conformance;

import org.jspecify.annotations.NullMarked;
