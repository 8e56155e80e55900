using Shop;

var order = new Order { Item = "tea", Price = new Money { Cents = 350, Currency = "EUR" } };
Console.WriteLine(order);
