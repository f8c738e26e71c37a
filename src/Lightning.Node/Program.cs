Console.WriteLine("lightning");
