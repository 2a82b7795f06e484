"""What a study is reduced to: size and learning curves, choices of a size, power laws, peaks. numpy alone."""
