package io.cnm4j.linux.executor;

import io.cnm4j.spi.plan.KernelOp;
import io.cnm4j.spi.plan.KernelOp.AddAddress;
import io.cnm4j.spi.plan.KernelOp.AddElements;
import io.cnm4j.spi.plan.KernelOp.AddLink;
import io.cnm4j.spi.plan.KernelOp.AddRoute;
import io.cnm4j.spi.plan.KernelOp.AddTable;
import io.cnm4j.spi.plan.KernelOp.MakeNamespace;
import io.cnm4j.spi.plan.KernelOp.SetSysctl;
import io.cnm4j.spi.plan.KernelOp.UseLink;
import io.cnm4j.spi.plan.KernelOp.UseNamespace;
import io.cnm4j.spi.plan.KernelOp.WriteFile;
import java.util.Map;

/** Which handler an operation has. */
final class Handlers {
    static final NumberingHandler NUMBERING = new NumberingHandler();

    private static final Map<Class<? extends KernelOp>, Handler<?>> BY_KIND = Map.of(
            MakeNamespace.class, new NamespaceHandler(),
            UseNamespace.class, new UsedNamespaceHandler(),
            AddLink.class, new LinkHandler(),
            UseLink.class, new UsedLinkHandler(),
            AddAddress.class, NUMBERING,
            AddRoute.class, NUMBERING,
            SetSysctl.class, new SysctlHandler(),
            AddTable.class, new TableHandler(),
            AddElements.class, new ElementsHandler(),
            WriteFile.class, new FileHandler());

    private Handlers() {}

    /** Returns the handler of this operation. */
    @SuppressWarnings("unchecked") // the map pairs each kind with its handler
    static <O extends KernelOp> Handler<O> of(O op) {
        Handler<?> handler = BY_KIND.get(op.getClass());
        if (handler == null) {
            throw new IllegalArgumentException("no handler for " + op.getClass().getName());
        }
        return (Handler<O>) handler;
    }
}
