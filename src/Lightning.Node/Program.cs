using Lightning.Node.Commands;

return await CommandLine.RunAsync(args, CommandContext.OfProcess());
